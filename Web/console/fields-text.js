// Fields that somebody types into: texts, numbers, names of other objects, and any value as YAML.

import { element } from "./dom.js";
import { framed } from "./fields.js";
import { shapeOf } from "./schema.js";
import { readYAML } from "./yaml-read.js";
import { writeYAML } from "./yaml-write.js";

export function textField(schema, options) {
  if (shapeOf(schema) === "free") return freeField(schema, options);
  if (schema["x-refers-to"]) return referenceField(schema, options);
  const isNumber = shapeOf(schema) === "number";
  const isDefault = schema.default !== undefined && typeof schema.default !== "object";
  const input = element("input", {
    type: schema.writeOnly
      ? "password"
      : "text", autocomplete: schema.writeOnly ? "new-password" : "off", autocapitalize: "off",
    spellcheck: "false", placeholder: isDefault ? `${schema.default} unless said` : schema.examples?.[0],
    "data-hint": isDefault ? null : "example", inputmode: isNumber ? "numeric" : null, value: options.value,
  });
  return { node: framed(input, schema, options), read: () => (
    isNumber ? number(input.value) : input.value === "" ? undefined : input.value
  ) };
}

// What is no number goes to the server as it is, which says so.
function number(text) {
  if (text.trim() === "") return undefined;
  return /^-?[0-9]+(\.[0-9]+)?$/.test(text.trim()) ? Number(text) : text;
}

// The name of another object: those that there are, and whatever stands there now.
function referenceField(schema, options) {
  const names = [...options.context.names(schema["x-refers-to"])];
  if (options.value !== undefined && !names.includes(options.value)) names.unshift(options.value);
  const select = element("select", {},
    element(
      "option",
      { value: "" },
      names.length === 0 ? `There is no ${schema["x-refers-to"]} yet` : options.required ? "Choose…" : "Not said",
    ),
    names.map((name) => element("option", { value: name }, name)));
  select.value = options.value ?? "";
  return { node: framed(select, schema, options), read: () => (select.value === "" ? undefined : select.value) };
}

// Anything: a text area that takes YAML, and so JSON.
function freeField(schema, options) {
  const area = element("textarea", { rows: "4", spellcheck: "false", autocapitalize: "off", autocomplete: "off" });
  area.value = options.value === undefined ? "" : writeYAML(options.value).trimEnd();
  const node = framed(area, schema, options);
  return {
    node,
    read() {
      if (area.value.trim() === "") return undefined;
      // What does not read goes as a text: the server says what belongs there.
      try { return readYAML(area.value); } catch { return area.value; }
    },
  };
}
