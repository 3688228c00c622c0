// The only way this page makes elements: tag, attributes, children. Text always becomes a text node, never markup.

import { t } from "./texts.js";

export const byId = (id) => document.getElementById(id);

const made = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== "") node.append(child);
  }
  return node;
};

export const element = (tag, attributes = {}, ...children) => made(document.createElement(tag), attributes, children);

export const drawing = (tag, attributes = {}, ...children) =>
  made(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

export function button(label, press, attributes = {}) {
  const node = element("button", { type: "button", ...attributes }, label);
  node.addEventListener("click", press);
  return node;
}

// Replacing equal text would make a screen reader say it again.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Lets a button copy a text, and say for a moment how that went.
export function copyFrom(node, text) {
  let before = null;
  node.addEventListener("click", async () => {
    let said = t("copied");
    try { await navigator.clipboard.writeText(text()); } catch { said = t("copy.refused"); }
    if (before === null) {
      before = node.textContent;
      setTimeout(() => { node.textContent = before; before = null; }, 1200);
    }
    node.textContent = said;
  });
}
