// Several tokens in one text, as in an answer of a token endpoint: which of them is shown. And a token in JSON, which no verifier
// takes for a JWT: its compact form at a press.

import { byId, element } from "./dom.js";
import { t } from "./texts.js";

let bench = null;
let shown = "";

export function start(theBench) {
  bench = theBench;
  byId("take-compact").addEventListener("click", () => bench.fill({ token: bench.seen.token }, "compact"));
  bench.onUpdate(draw);
}

function draw({ seen }) {
  byId("take-compact").hidden = !seen.judged || seen.token.split(".").length !== 3;
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
  return element("label", { class: "choice" }, input,
    element("span", {}, label ?? t("found.unnamed", { number: index + 1 }),
      element("small", {}, [t(`found.kind.${kind}`), alg, typ].filter(Boolean).join(" · "))));
}
