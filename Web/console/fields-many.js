// Fields that hold several values: lists, and maps from a name to a value.

import { announce, button, element, put } from "./dom.js";
import { boxed, escaped, field, framed, lower } from "./fields.js";
import { labelOf, resolved, shapeOf } from "./schema.js";

export function listField(schema, options) {
  const items = resolved(schema.items);
  if (items.enum) return checkField(schema, items, options);
  const isFlat = shapeOf(items) === "text" || shapeOf(items) === "number";
  const rows = [];
  const list = element("ol", { class: isFlat ? "rows flat" : "rows" });
  const add = button(
    isFlat ? "Add another" : `Add ${lower(one(options.label))}`,
    () => { append(undefined); rows.at(-1).node.querySelector("input, select, textarea")?.focus(); },
    { class: "add" },
  );
  function append(value) {
    const at = rows.length;
    const inner = field(items, {
      label: `${isFlat ? options.label : one(options.label)} ${at + 1}`, pointer: `${options.pointer}/${at}`, value, always: !isFlat, bare: isFlat, context: options.context,
    });
    const row = { node: element("li", {}, inner.node), read: inner.read };
    put(row.node, button("×", () => {
      rows.splice(rows.indexOf(row), 1);
      row.node.remove();
      rows.forEach((other, place) => renumber(other, place));
      announce("Removed");
      add.focus();
    }, { class: "remove", "aria-label": `Remove ${options.label} ${at + 1}`, title: "Remove" }));
    rows.push(row);
    list.append(row.node);
  }
  // Complaints point at places: those behind a removed one move up.
  function renumber(row, place) {
    const before = row.node.querySelector("[data-pointer]").dataset.pointer;
    const after = `${options.pointer}/${place}`;
    for (
      const node of row.node.querySelectorAll("[data-pointer]")
    ) node.dataset.pointer = after + node.dataset.pointer.slice(before.length);
  }
  for (
    const value of Array.isArray(options.value) ? options.value : options.value === undefined ? [] : [options.value]
  ) append(value);
  // An empty place says what belongs there; left empty, it says nothing.
  if ((options.required || isFlat) && rows.length === 0) append(undefined);
  const node = boxed({ ...options, required: options.required && schema.minItems !== 0 }, schema, list, add);
  node.classList.add("many");
  return {
    node,
    read() {
      const said = rows.map((row) => row.read()).filter((value) => value !== undefined);
      return said.length === 0 ? undefined : said;
    },
  };
}

const one = (label) => label.replace(/ies$/, "y").replace(/s$/, "");

function checkField(schema, items, options) {
  const boxes = items.enum.map((value) => {
    const box = element("input", { type: "checkbox" });
    box.checked = options.value?.includes(value) ?? false;
    return { value, box, node: element(
      "label",
      { class: "check" },
      box,
      String(value).replace(/^urn:ietf:params:oauth:grant-type:/, ""),
    ) };
  });
  const node = boxed(options, schema, element("div", { class: "checks" }, boxes.map((one) => one.node)));
  node.classList.add("many");
  return {
    node,
    read() {
      const said = boxes.filter((one) => one.box.checked).map((one) => one.value);
      return said.length === 0 ? undefined : said;
    },
  };
}

export function mapField(schema, options) {
  const rows = [];
  const list = element("ol", { class: "rows" });
  const what = lower(one(options.label));
  const add = button(
    `Add ${what}`,
    () => { append("", undefined); rows.at(-1).node.querySelector("input")?.focus(); },
    { class: "add" },
  );
  function append(name, value) {
    const label = element("input", {
      type: "text",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      value: name,
    });
    const place = `${options.pointer}/${escaped(name)}`;
    const inner = field(schema.additionalProperties, {
      label: labelOf(what),
      pointer: place,
      value,
      required: true,
      bare: true,
      context: options.context,
    });
    const row = {
      node: element("li", {}, framed(label, {}, { label: "Name", pointer: "", required: true }), inner.node),
      name: () => label.value.trim(),
      read: inner.read,
    };
    label.addEventListener("change", () => repoint(row));
    put(row.node, button(
      "×",
      () => { rows.splice(rows.indexOf(row), 1); row.node.remove(); announce("Removed"); add.focus(); },
      { class: "remove", "aria-label": `Remove ${what}`, title: "Remove" }));
    row.place = place;
    rows.push(row);
    list.append(row.node);
  }
  function repoint(row) {
    const after = `${options.pointer}/${escaped(row.name())}`;
    for (const node of row.node.querySelectorAll("[data-pointer]")) {
      if (
        node.dataset.pointer.startsWith(row.place)
      ) node.dataset.pointer = after + node.dataset.pointer.slice(row.place.length);
    }
    row.place = after;
  }
  for (const [name, value] of Object.entries(options.value ?? {})) append(name, value);
  return {
    node: boxed(options, schema, list, add),
    read() {
      const said = rows.filter((row) => row.name() !== "").map((row) => [row.name(), row.read() ?? {}]);
      return said.length === 0 ? undefined : Object.fromEntries(said);
    },
  };
}
