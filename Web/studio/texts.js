// Texts are data: texts/LANGUAGE.js maps a key to a sentence. The page comes in English; elements with data-t are written
// anew in another language, and so are attributes named in data-t-title, data-t-placeholder and data-t-label.

import english from "./texts/en.js";

export const languages = new Map([["en", "English"], ["de", "Deutsch"]]);
let en = english;
let texts = en;
export let language = "en";

// The sentence of a key, with {name} replaced by a value.
export function t(key, values = {}) {
  const text = texts[key] ?? en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// What was chosen here before, or the first of the browser's languages that is spoken here.
export function preferredLanguage() {
  const wanted = [remembered("language"), ...navigator.languages.map((tag) => tag.split("-")[0])];
  return wanted.find((tag) => languages.has(tag)) ?? "en";
}

export async function speak(wanted) {
  if (!languages.has(wanted)) return;
  texts = wanted === "en" ? en : { ...en, ...(await import(`./texts/${wanted}.js`)).default };
  language = wanted;
  document.documentElement.lang = wanted;
  translate(document);
}

// More English texts, for what is loaded later; the other languages bring all of theirs at once.
export function addTexts(more) {
  en = { ...en, ...more };
  texts = { ...en, ...texts };
}

const attributes = [["data-t-title", "title"], ["data-t-placeholder", "placeholder"], ["data-t-label", "aria-label"]];

export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const [from, to] of attributes) {
    for (const node of root.querySelectorAll(`[${from}]`)) node.setAttribute(to, t(node.getAttribute(from)));
  }
}

// Settings of this page alone, such as its language; never a token or a key. Browsers may refuse.
export function remembered(name) {
  try { return localStorage.getItem(`studio.${name}`); } catch { return null; }
}

export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(`studio.${name}`); else localStorage.setItem(`studio.${name}`, value);
  } catch { /* The setting holds until the page is closed. */ }
}
