// Keys of the keyboard: single letters outside of fields, so that they stand in nobody's way, and Escape back out of a field.

import { byId, element } from "./dom.js";
import { showTab } from "./editors.js";
import { t } from "./texts.js";

const focus = (id) => () => byId(id).focus();
const shortcuts = new Map([
  ["t", ["shortcut.token", focus("token")]],
  ["k", ["shortcut.key", focus("key")]],
  ["i", ["shortcut.expectations", focus("issuer")]],
  ["h", ["shortcut.header", () => { showTab("header", "edit"); byId("header-json").focus(); }]],
  ["c", ["shortcut.claims", () => { showTab("claims", "edit"); byId("claims-json").focus(); }]],
  ["f", ["shortcut.form", () => { showTab("claims", "form"); byId("claims-form").querySelector("input, select, button")?.focus(); }]],
  ["m", ["shortcut.make", () => byId("make").click()]],
  ["y", ["shortcut.copy", () => byId("copy-token").click()]],
  ["x", ["shortcut.clear", () => byId("clear").click()]],
  ["?", ["shortcut.help", show]],
]);

export function start() {
  byId("show-shortcuts").addEventListener("click", show);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const isField = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (isField) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const found = shortcuts.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!found) return;
    event.preventDefault();
    found[1]();
  });
}

function show() {
  byId("shortcut-list").replaceChildren(...[...shortcuts, ["Esc", ["shortcut.leave"]]].flatMap(([key, [name]]) => [
    element("dt", {}, element("kbd", {}, key === "?" ? "?" : key.toUpperCase().replace("ESC", "Esc"))), element("dd", {}, t(name)),
  ]));
  byId("shortcuts").showModal();
}
