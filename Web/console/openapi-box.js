// Takes an OpenAPI document from a file or from a text, and says what it took of it and what it did not.

import { button, element, freshId, replace } from "./dom.js";
import { MOST_BYTES, readOpenAPI, routesOf } from "./openapi-read.js";
import { outcome } from "./problem.js";

const MOST_SAID = 12;
const MOST_SHOWN = 100_000;

// `take(read, routes)` is given what was read.
export function openAPIBox(take) {
  const file = element("input", { type: "file", id: freshId("openapi"), accept: ".json,.yaml,.yml,application/json,application/yaml" });
  const text = element("textarea", {
    id: freshId("openapi"), rows: "6", spellcheck: "false", autocapitalize: "off", autocomplete: "off", class: "pasted",
    placeholder: "openapi: 3.1.0",
  });
  const done = outcome();
  file.addEventListener("change", async () => {
    done.clear();
    const [chosen] = file.files;
    if (!chosen) return;
    if (chosen.size > MOST_BYTES) { complain(`${chosen.name} has more than 1 MiB, which is the most that is read.`); return; }
    read(await chosen.text());
  });
  // Hundreds of thousands of lines are read, and not shown: a browser takes minutes to lay them out.
  text.addEventListener("paste", (event) => {
    const pasted = event.clipboardData.getData("text");
    if (pasted.length <= MOST_SHOWN) return;
    event.preventDefault();
    read(pasted);
  });
  function read(document) {
    done.clear();
    try {
      if (document.trim() === "") throw new Error("Choose a file, or paste the document.");
      const found = readOpenAPI(document);
      const routes = routesOf(found.operations);
      take(found, routes);
      done.show(saidOf(found, routes));
    } catch (problem) { complain(problem.message); }
  }
  function complain(message) {
    done.show(element("div", { class: "notice bad", role: "alert" }, element("p", {}, message)));
  }
  const field = (label, control) => element("div", { class: "field" }, element("label", { for: control.id }, label), control);
  return element(
    "details",
    { class: "panel more from-openapi" },
    element("summary", {}, "Begin with an OpenAPI document"),
    element(
      "p",
      { class: "help" },
      "3.0 or 3.1, as JSON or YAML, at most 1 MiB. It is read in this page; its paths, methods and scopes become routes in the answers below.",
    ),
    field("File", file),
    field("Or the document itself", text),
    element("div", { class: "row" }, button("Read it", () => read(text.value))),
    done.node,
  );
}

function saidOf(found, routes) {
  const box = element("div", { class: "notice good", role: "status" });
  const many = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;
  replace(
    box,
    element("p", {}, element("b", {}, `${many(found.operations.length, "operation")} as ${many(routes.length, "route")}.`), " Go on below."),
    found.left.length > 0 ? element("p", {}, "Not taken, or taken otherwise:") : null,
    found.left.length > 0 ? element("ul", { class: "dots" }, found.left.slice(0, MOST_SAID).map((one) => element("li", {}, one))) : null,
    found.left.length > MOST_SAID ? element("p", { class: "help" }, `And ${found.left.length - MOST_SAID} more of the kind.`) : null,
  );
  return box;
}
