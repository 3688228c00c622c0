// Several tokens in one text, as in an answer of a token endpoint: which of them is shown.

import { byId, element } from "./dom.js";
import { t } from "./texts.js";

let bench = null;
let shown = "";

export function start(theBench) {
  bench = theBench;
  bench.onUpdate(draw);
}

function draw({ seen }) {
  const box = byId("found-tokens");
  const found = seen.found ?? [];
  box.hidden = found.length < 2;
  const content = JSON.stringify([found, seen.choice, document.documentElement.lang]);
  if (shown === content) return;
  shown = content;
  const focused = box.contains(document.activeElement);
  box.replaceChildren(
    element("legend", {}, t("found.title", { count: found.length })),
    ...found.map((token, index) => choice(token, index, index === seen.choice)));
  if (focused) box.querySelector("input:checked")?.focus();
}

function choice({ label, kind, alg, typ }, index, checked) {
  const input = element("input", { type: "radio", name: "found-token", value: index });
  input.checked = checked;
  input.addEventListener("change", () => bench.choose(index));
  return element("label", { class: "inline" }, input,
    element("span", {}, label ?? t("found.unnamed", { number: index + 1 })),
    element("span", { class: "aside" }, [t(`found.kind.${kind}`), alg, typ].filter(Boolean).join(" · ")));
}
