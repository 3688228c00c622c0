// The token as it was pasted, coloured in place. A transparent text area lies over this copy in the same grid cell; both
// wrap by the same rules, so every character stands on its own colour.

import { byId, element } from "./dom.js";
import { t } from "./texts.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
// What is painted already.
let before = "";

// parts: [{ part, start, end, problem }], byte offsets into the UTF-8 of the text, ascending.
export function paintToken(ink, text, parts) {
  const painted = JSON.stringify([text, parts]);
  if (before === painted) return;
  before = painted;
  const bytes = encoder.encode(text);
  const slice = (start, end) => decoder.decode(bytes.subarray(start, end));
  const pieces = [];
  let at = 0;
  for (const { part, start, end, problem } of parts) {
    if (start > at) pieces.push(slice(at, start));
    if (end > start) pieces.push(element("span", { "data-part": part, "data-broken": problem ? "true" : null }, slice(start, end)));
    at = Math.max(at, end);
  }
  pieces.push(slice(at, bytes.length));
  // A last line break has no height of its own.
  pieces.push("\u200b");
  ink.replaceChildren(...pieces);
}

export function paintLegend(list, parts) {
  for (const item of list.children) {
    const name = item.dataset.part;
    const found = parts.find(({ part }) => part === name);
    const state = parts.length === 0 ? "none" : !found ? "missing" : found.problem ? "broken" : "read";
    item.dataset.state = state;
    const word = t(`token.part.${name}`);
    item.textContent = state === "missing" || state === "broken" ? t(`token.part.${state}`, { part: word }) : word;
  }
}

// Shows which part of the token is spoken of; null for none.
export function highlight(part) {
  for (const node of byId("token-ink").querySelectorAll("[data-part]")) {
    if (node.dataset.part === part) node.dataset.lit = "true"; else delete node.dataset.lit;
  }
}
