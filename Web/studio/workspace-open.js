// The open workspace: saving what lies on the bench, finding it again, taking it out as a file and bringing one in.

import { byId, element, setText } from "./dom.js";
import { localTime } from "./moments.js";
import { t } from "./texts.js";
import { action, field, passphraseField, twice } from "./workspace-fields.js";
import { Workspace, boxes } from "./workspace-items.js";
import { largestFile } from "./workspace-store.js";

const empty = { ...Object.fromEntries(boxes.map((box) => [box, ""])), "key-form": "auto", leeway: "30" };
const valuesHere = () => Object.fromEntries(boxes.map((box) => [box, byId(box)?.value ?? ""]));

export function openView(context) {
  const { workspace } = context;
  const list = element("ul", { class: "items", "data-t-label": "workspace.items" });
  const search = field("workspace-search", "workspace.search", { type: "search" });
  const draw = () => drawItems(list, context, search.input.value);
  search.input.addEventListener("input", draw);
  search.node.hidden = workspace.items.length < 2;
  draw();
  return [
    saver(context), search.node, list,
    element("div", { class: "sheet-buttons" }, context.deleteButton(), importer(context),
      action("workspace.export", () => context.attempt(() => exportFile(context))),
      action("workspace.lock", () => { context.lock(); }), action("workspace.close", context.close, "primary")),
  ];
}

// The name and the button that saves; a name that is taken asks on the button whether to replace.
function saver(context) {
  const { bench, workspace, attempt, message } = context;
  const name = field("workspace-name", "workspace.name", { maxlength: 200 });
  const save = action("workspace.save", () => {
    const typed = name.input.value.trim();
    if (typed === "") { message("workspace.needs-name", "danger"); name.input.focus(); return; }
    const own = workspace.items.find((item) => item.name === typed);
    if (own && save.dataset.t !== "workspace.replace") { ask("workspace.replace"); return; }
    const values = valuesHere();
    attempt(async () => {
      if (own) await workspace.merge([], [{ own, item: { ...own, boxes: values, saved: Math.floor(Date.now() / 1000) } }]);
      else await workspace.save(typed, values);
      message("workspace.saved", "good", { name: typed });
    });
  });
  const ask = (key) => {
    save.dataset.t = key;
    save.textContent = t(key);
  };
  save.disabled = !bench.seen.token && byId("key").value === "";
  name.input.addEventListener("input", () => ask("workspace.save"));
  name.input.addEventListener("keydown", (event) => { if (event.key === "Enter" && !save.disabled) save.click(); });
  return element("div", { class: "sheet-row" }, name.node, save);
}

function drawItems(list, context, text) {
  const found = context.workspace.search(text);
  list.replaceChildren(...found.map((item) => row(item, context)));
  if (found.length === 0) list.append(element("li", { class: "empty" }, t(context.workspace.items.length === 0 ? "workspace.none" : "workspace.none-found")));
}

function row(item, context) {
  const { bench, workspace, attempt, message } = context;
  const open = element("button", { type: "button", class: "item-name", title: t("workspace.open-item") }, item.name);
  open.addEventListener("click", () => {
    context.close();
    bench.fill({ ...empty, ...item.boxes }, "workspace");
  });
  const remove = twice("workspace.delete", "workspace.delete-sure", () => attempt(async () => {
    await workspace.remove(item.id);
    message("workspace.item-deleted", "good", { name: item.name });
  }));
  const rename = action("workspace.rename", () => {
    const input = element("input", { "aria-label": t("workspace.new-name"), maxlength: 200, value: item.name });
    const done = () => attempt(() => workspace.rename(item.id, input.value.trim() || item.name));
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") done(); });
    open.replaceWith(input);
    const finish = action("workspace.rename-done", done);
    finish.textContent = t("workspace.rename-done");
    rename.replaceWith(finish);
    input.select();
  });
  for (const [button, key] of [[remove, "workspace.delete-named"], [rename, "workspace.rename-named"]]) button.setAttribute("aria-label", t(key, { name: item.name }));
  remove.addEventListener("click", () => remove.setAttribute("aria-label", t("workspace.delete-sure")));
  const holds = [["token", "workspace.holds-token"], ["key", "workspace.holds-key"]].filter(([box]) => item.boxes[box]).map(([, key]) => t(key));
  for (const button of [remove, rename]) button.textContent = t(button.dataset.t);
  const node = element("li", {}, open,
    element("span", { class: "item-about" }, [holds.join(", "), item.boxes.audience, localTime(item.saved)].filter(Boolean).join(" · ")),
    element("span", { class: "item-tools" }, rename, remove));
  return node;
}

// The file is the stored document, written anew: nobody reads it without the passphrase.
async function exportFile({ workspace, message }) {
  const address = URL.createObjectURL(new Blob([await workspace.exported()], { type: "application/json" }));
  element("a", { href: address, download: "signet-workspace.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  message("workspace.exported", "good", { count: workspace.items.length });
}

function importer(context) {
  const choose = element("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-hidden": "true" });
  choose.addEventListener("change", async () => {
    const [file] = choose.files;
    if (!file) return;
    if (file.size > largestFile * 2) { context.message("workspace.failed-unreadable", "danger"); return; }
    askPassphrase(context, await file.text());
  });
  return [action("workspace.import", () => choose.click()), choose];
}

function askPassphrase(context, text) {
  const passphrase = passphraseField("workspace-file-passphrase", "workspace.file-passphrase", "off");
  const read = action("workspace.read-file", async () => {
    let incoming = null;
    await context.attempt(async () => {
      incoming = await Workspace.itemsOf(text, passphrase.input.value);
      context.message("");
    });
    if (incoming) await settle(context, context.workspace.compare(incoming));
  }, "primary");
  passphrase.input.addEventListener("keydown", (event) => { if (event.key === "Enter") read.click(); });
  show(context, element("p", { class: "sheet-intro", "data-t": "workspace.import-intro" }), passphrase.node,
    element("div", { class: "sheet-buttons" }, action("workspace.cancel", context.redraw), read));
}

// Goes through the doubles one by one, then writes everything at once.
async function settle(context, { fresh, same, doubles }) {
  const added = [...fresh];
  const replaced = [];
  let forAll = null;
  for (const [index, double] of doubles.entries()) {
    const answer = forAll ?? await ask(context, double, doubles.length - index - 1);
    if (answer.forAll) forAll = answer;
    if (answer.choice === "replace") replaced.push(double);
    if (answer.choice === "both") added.push({ ...double.item, id: crypto.randomUUID(), name: t("workspace.second-name", { name: double.item.name }) });
  }
  await context.attempt(async () => {
    await context.workspace.merge(added, replaced);
    context.message("workspace.imported", "good", { added: added.length, replaced: replaced.length, same });
  });
}

function ask(context, { item, own }, left) {
  return new Promise((resolve) => {
    const all = element("input", { type: "checkbox", id: "workspace-all" });
    const answer = (choice) => action(`workspace.double-${choice}`, () => resolve({ choice, forAll: all.checked }));
    show(context,
      element("p", {}, t(item.name === own.name ? "workspace.double" : "workspace.double-renamed", { name: item.name, own: own.name })),
      element("p", { class: "sheet-note" }, t("workspace.double-times", { file: localTime(item.saved), here: localTime(own.saved) })),
      left > 0 ? element("label", { class: "choice", for: "workspace-all" }, all, t("workspace.double-all", { count: left })) : null,
      element("div", { class: "sheet-buttons" }, answer("skip"), answer("both"), answer("replace")));
  });
}

function show(context, ...nodes) {
  byId("workspace-view").replaceChildren(...nodes.filter(Boolean));
  for (const node of byId("workspace-view").querySelectorAll("[data-t]")) setText(node, t(node.dataset.t));
  byId("workspace-view").querySelector("input, button")?.focus();
}
