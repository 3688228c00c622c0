// The few kinds of control that the workspace is made of.

import { byId, element, setText } from "./dom.js";
import { t } from "./texts.js";

export function message(key, level = "none", values = {}) {
  const line = byId("workspace-message");
  line.dataset.level = level;
  setText(line, key ? t(key, values) : "");
}

export function action(key, act, kind = null) {
  const made = element("button", { type: "button", class: kind, "data-t": key });
  made.addEventListener("click", act);
  return made;
}

// Asks again on the button itself before it does what cannot be undone.
export function twice(key, sureKey, act) {
  const made = action(key, () => {
    if (made.dataset.t === sureKey) { act(); return; }
    made.dataset.t = sureKey;
    made.textContent = t(sureKey);
  }, "danger");
  made.addEventListener("blur", () => {
    made.dataset.t = key;
    made.textContent = t(key);
  });
  return made;
}

// -> { node, input }
export function field(id, key, attributes = {}) {
  const input = element("input", { id, autocomplete: "off", spellcheck: "false", ...attributes });
  return { input, node: element("div", { class: "sheet-field" }, element("label", { class: "sheet-label", for: id, "data-t": key }), input) };
}

export const passphraseField = (id, key, autocomplete) => field(id, key, { type: "password", autocomplete });
