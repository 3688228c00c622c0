// Configuration as code: everything as one document, and a document put to work after a look at what it changes.

import { action } from "./action.js";
import { Problem, allOf, call, get } from "./api.js";
import { button, copyButton, element, freshId, link, neededMark, put, replace, working } from "./dom.js";
import { changeText } from "./editor.js";
import { ownerWords } from "./kinds.js";
import { table } from "./list.js";
import { page, section } from "./page.js";
import { outcome } from "./problem.js";

export async function codePage() {
  const [{ document: text, revision }, objects] = await Promise.all([
    get("/configuration"),
    allOf("/configuration/objects"),
  ]);
  const area = element("textarea", {
    class: "file",
    readonly: true,
    id: freshId("document"),
    rows: Math.min(24, text.split("\n").length + 1),
  });
  area.value = text;
  return page(
    { title: "As code", intro: [
      "The same configuration as a document, for a repository and signet apply. In force: ",
      revision > 0 ? link(`revision ${revision}`, `#/history/${revision}`) : "none yet",
      ".",
    ] },
    section("Everything that is in force", element(
      "div",
      { class: "field" },
      element("label", { for: area.id }, "The document"),
      area,
      element("p", { class: "help" }, "Secrets are not in it: it says where they come from.")),
    element("div", { class: "row" }, button("Download", () => download(text)), copyButton(() => text))),
    application(),
    section("Files of the server", await action("reloadConfiguration", { label: "Read them again",
      done: (body, result) => result.show(changeText(
        body,
        "Nothing differs from what is in force.",
        "It changed this:",
      )) })),
    section("Who owns what", objects.length > 0 ? table(
      "Objects",
      ["Object", "Owner", "Revision"],
      objects.map(({ object, owner, revision: last }) => [
        object,
        ownerWords(owner),
        link(String(last), `#/history/${last}`),
      ]),
    )
      : element("p", { class: "empty" }, "There is no object yet.")));
}

function download(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  element("a", { href: address, download: "signet.yaml" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}

function application() {
  const file = element("input", {
    id: freshId("file"),
    type: "text",
    placeholder: "gateway.yaml",
    autocomplete: "off",
    spellcheck: "false",
    "aria-required": "true",
  });
  const area = element("textarea", {
    id: freshId("document"),
    class: "file",
    rows: "12",
    spellcheck: "false",
    autocapitalize: "off",
    placeholder: "upstreams: { orders: http://127.0.0.1:9001 }",
  });
  const complaints = element("ul", { class: "complaints", hidden: true, role: "alert" });
  const result = outcome();
  const place = element("div", { class: "row" });
  const takes = element("input", { type: "checkbox", id: freshId("takes") });
  // What was looked at is what is applied: any change asks for another look, also while one is under way.
  let looks = 0;
  let seen = null;
  for (const field of [file, area, takes]) field.addEventListener("input", () => { looks += 1; apply.hidden = true; });

  async function failed(problem) {
    const errors = problem instanceof Problem ? problem.errors : [];
    replace(complaints, errors.map((one) => element(
      "li",
      {},
      one.line ? `Line ${one.line}: ` : "",
      one.pointer && one.pointer !== "" ? element("code", {}, one.pointer) : null,
      " ",
      one.message,
    )));
    complaints.hidden = errors.length === 0;
    if (errors.length === 0) await result.fail(problem); else result.clear();
  }
  const document = () => ({ document: area.value, file: file.value.trim() || undefined, take_over: takes.checked });
  const look = working("Show what changes", async () => {
    complaints.hidden = true;
    const [number, looked] = [looks, document()];
    const { body } = await call("POST", "/configuration/apply", { data: { ...looked, dry_run: true } });
    if (number !== looks) return;
    seen = { ...looked, revision: body.revision };
    apply.hidden = body.changes === 0;
    result.show(changeText(body, "It would change nothing.", "It would change this:"));
  }, failed);
  const apply = working("Apply", async () => {
    const { body } = await call("POST", "/configuration/apply", { data: seen });
    apply.hidden = true;
    takes.checked = false;
    result.show(changeText(body, "Nothing differs from what is in force.", `In force as revision ${body.revision}:`));
  }, failed, { class: "primary", hidden: true });
  const read = element("input", { type: "file", id: freshId("read"), accept: ".yaml,.yml,.json" });
  read.addEventListener("change", async () => {
    const [chosen] = read.files;
    if (!chosen) return;
    area.value = await chosen.text();
    file.value = chosen.name;
    area.dispatchEvent(new Event("input"));
  });
  return section(
    "Apply a document",
    element(
      "p",
      { class: "help" },
      "A file owns exactly what it lists: what it listed before and lists no more is deleted. What others own is refused, unless it is taken over.",
    ),
    element("div", { class: "field" }, element("label", { for: read.id }, "Read it from here"), read),
    element(
      "div",
      { class: "field" },
      element("label", { for: file.id }, "Name of the file", neededMark()),
      file,
      element("p", { class: "help" }, "Under this name it owns its objects."),
    ),
    element(
      "div",
      { class: "field" },
      element("label", { for: area.id }, "The document"),
      area,
    ),
    element(
      "div",
      { class: "field" },
      element("label", { class: "check" }, takes, " Take over what belongs to the console or to another file"),
      element("p", { class: "help" }, "So the document above becomes a file: save it, change it, and apply it with this once."),
    ), complaints, put(place, look, apply), result.node);
}
