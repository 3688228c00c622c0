// The verdict: the strip, its parts, the findings and the list of steps. The words valid and refused come from the judge and
// from nowhere else.

import { byId, element, setText } from "./dom.js";
import { highlight } from "./token-field.js";
import { t } from "./texts.js";

const marks = new Map([["passed", "✓"], ["failed", "✕"], ["skipped", "–"], ["careful", "!"], ["unknown", "?"]]);
const checks = 17;

// judgement: { verdict?: "valid" | "refused", code?, unable?, steps, parts }
export function showJudgement(judgement) {
  const failed = judgement.steps.find(({ outcome }) => outcome === "failed");
  if (judgement.verdict === "valid") {
    const skipped = judgement.steps.filter(({ outcome }) => outcome === "skipped").map(({ check }) => t(`check.${check}`).toLowerCase());
    strip("valid", t("verdict.valid"), skipped.length > 0 ? t("verdict.valid.skipped", { checks: skipped.join(", ") }) : t("verdict.valid.all"), null);
  } else if (judgement.verdict === "refused") {
    strip("refused", t("verdict.refused"), failed?.detail ?? "", judgement.code ?? failed?.code ?? null);
  } else {
    strip("none", t("verdict.none"), [judgement.unable, ...untimely(judgement.parts)].filter(Boolean).join(" "), null);
  }
  drawParts(judgement.parts);
  drawSteps(judgement.verdict ? judgement.steps : [], judgement.verdict);
}

// Without a key nothing is proven, but an expired token is expired whoever signed it.
const untimely = (parts) => parts.filter(({ part, state }) => part === "time" && state === "failed").map(({ text }) => text);

export function showNoJudge() {
  const notice = byId("no-judge");
  notice.textContent = t("judge.missing");
  notice.hidden = false;
  strip("none", t("verdict.none"), t("judge.missing.short"), null);
  document.documentElement.dataset.studio = "no-judge";
  byId("verdict").dataset.settled = "true";
}

function strip(verdict, word, why, code) {
  const node = byId("verdict");
  node.dataset.verdict = verdict;
  if (code) node.dataset.code = code; else delete node.dataset.code;
  setText(byId("verdict-word"), word);
  setText(byId("verdict-why"), why);
  byId("verdict-code").hidden = !code;
  setText(byId("verdict-code"), code ?? "");
}

// parts: [{ part, state, text, steps, unproven? }]. What was open stays open.
function drawParts(parts) {
  const list = byId("parts");
  const open = new Set([...list.querySelectorAll("details[open]")].map((node) => node.dataset.part));
  list.replaceChildren(...parts.map((part) => {
    const summary = element("summary", {},
      element("span", { class: "tick", "aria-hidden": "true" }, marks.get(part.state)),
      element("span", { class: "name" }, t(`part.${part.part}`)),
      element("span", { class: "state" }, t(`state.${part.state}`)),
      element("span", { class: "detail" }, part.text, part.unproven ? ` ${t("part.unproven")}` : ""));
    const inside = part.steps.length > 0
      ? element("ol", { class: "steps" }, part.steps.map(step))
      : element("p", { class: "empty" }, t(`part.${part.part}.about`));
    const details = element("details", { "data-part": part.part, open: open.has(part.part) }, summary, inside);
    return element("li", { "data-part-name": part.part, "data-state": part.state, "data-unproven": part.unproven ? "true" : null }, details);
  }));
  byId("parts-empty").hidden = parts.length > 0;
}

function drawSteps(steps, verdict) {
  const count = (outcome) => steps.filter((step) => step.outcome === outcome).length;
  byId("steps-panel").hidden = steps.length === 0;
  byId("steps").replaceChildren(...steps.map(step));
  const left = checks - steps.length;
  byId("steps-left").hidden = verdict !== "refused" || left <= 0;
  byId("steps-left").textContent = t(left === 1 ? "steps.left.one" : "steps.left", { count: left });
  byId("steps-tally").textContent = ["passed", "failed", "skipped"]
    .filter((outcome) => count(outcome) > 0).map((outcome) => `${count(outcome)} ${t(`outcome.${outcome}`)}`).join(", ");
}

// Pointing at a step shows the part of the token that it speaks of.
export function step({ check, outcome, code, detail, part }) {
  const node = element("li", { "data-check": check, "data-outcome": outcome, "data-code": code ?? null },
    element("span", { class: "tick", "aria-hidden": "true" }, marks.get(outcome) ?? "?"),
    element("span", {},
      element("span", { class: "check" }, t(`check.${check}`)),
      part ? element("span", { class: "of", "data-part": part }, t(`token.part.${part}`)) : null),
    element("span", { class: "outcome" }, t(`outcome.${outcome}`)),
    element("span", { class: "detail" }, detail));
  if (part) {
    node.addEventListener("mouseenter", () => highlight(part));
    node.addEventListener("mouseleave", () => highlight(null));
  }
  return node;
}

// findings: [{ code, severity, text, advice, reference, place? }]
export function showFindings(findings) {
  byId("findings-panel").hidden = findings.length === 0;
  byId("findings").replaceChildren(...findings.map(({ severity: level, code, text, advice }) =>
    element("li", { "data-level": level, "data-code": code },
      element("span", { class: "level" }, t(`level.${level}`)), text,
      advice ? element("span", { class: "advice" }, advice) : null)));
}
