// The frame of a page: where it is, its heading, what can be done from here.

import { element, link, put } from "./dom.js";

// `back` is [label, hash] of the page above this one.
export function page({ title, intro, actions = [], back }, ...content) {
  const head = element("div", { class: "page-head" },
    element(
      "div",
      {},
      back ? element("p", { class: "back" }, link(back[0], back[1])) : null,
      element("h1", { tabindex: "-1" }, title),
      intro ? element("p", { class: "intro" }, intro) : null,
    ),
    actions.length > 0 ? element("div", { class: "row" }, actions) : null);
  return { title, node: put(element("div", { class: "page" }), head, content) };
}

export const section = (title, ...content) => put(
  element("section", { class: "panel" }),
  element("h2", {}, title),
  content,
);
export const go = (label, hash, isPrimary = false) => link(label, hash, {
  class: isPrimary ? "button primary" : "button"
});

export const facts = (pairs) => element("dl", { class: "facts" }, pairs.filter(
  ([, said]) => said !== undefined && said !== null && said !== ""
)
  .map(([name, said]) => [element("dt", {}, name), element("dd", {}, said)]));

// Shown once, on the page that comes next.
let flash = null;
export function leaveTo(hash, ...said) {
  flash = said;
  if (location.hash === hash) dispatchEvent(new Event("hashchange")); else location.hash = hash;
}
export function takeFlash() {
  const said = flash;
  flash = null;
  return said ? element("div", { class: "notice good", role: "status" }, said) : null;
}
