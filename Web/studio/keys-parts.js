// What the key tools are drawn with: elements whose text follows the language.

import { element } from "./dom.js";
import { t } from "./texts.js";

export const said = (tag, key, attributes = {}) => element(tag, { "data-t": key, ...attributes }, t(key));

export function choice(id, groups) {
  return element("select", { id, autocomplete: "off" }, groups.map(([group, names]) =>
    element("optgroup", { label: t(group), "data-group": group }, names.map((name) => element("option", { value: name }, name)))));
}

export const press = (key, attributes = {}) => said("button", key, { type: "button", ...attributes });

// A select with its name above it.
export const field = (key, control) => element("div", { class: "keys-field" }, said("label", key, { for: control.id }), control);

// The names of groups in the language of now.
export function nameGroups(root) {
  for (const group of root.querySelectorAll("[data-group]")) group.label = t(group.dataset.group);
}
