// The verdict strip and the list of steps. The words valid and refused come from the judge and from nowhere else.

import { byId, element, setText } from "./dom.js";

const marks = new Map([["passed", "✓"], ["failed", "✕"], ["skipped", "–"]]);
const titles = new Map([
  ["form", "Form"], ["header", "Header"], ["algorithm", "Algorithm"], ["critical", "Critical extensions"], ["key", "Key"],
  ["signature", "Signature"], ["claims", "Claims"], ["type", "Type"], ["issuer", "Issuer"], ["audience", "Audience"],
  ["expiry", "Expiry"], ["not-before", "Not before"], ["issued-at", "Issued at"], ["confirmation", "Confirmation"], ["required-claims", "Required claims"],
  ["scopes", "Scopes"], ["revocation", "Revocation"],
]);

const title = (check) => titles.get(check) ?? check;

// No question was put to the judge, or it could not be: say why, and claim nothing.
export function showNoVerdict(why) {
  strip("none", "No verdict", why, null);
  drawSteps([]);
}

// answer: { verdict: "valid" | "refused", code, steps }
export function showVerdict(answer) {
  const failed = answer.steps.find(({ outcome }) => outcome === "failed");
  if (answer.verdict === "valid") {
    const skipped = answer.steps.filter(({ outcome }) => outcome === "skipped").map(({ check }) => title(check).toLowerCase());
    strip("valid", "Valid", skipped.length > 0
      ? `Every check that was asked for has passed. Skipped: ${skipped.join(", ")}.`
      : "Every check has passed.", null);
  } else if (answer.verdict === "refused") {
    strip("refused", "Refused", failed?.detail ?? "", answer.code ?? failed?.code ?? null);
  } else {
    showNoVerdict("The judge gave no answer.");
    return;
  }
  drawSteps(answer.steps);
}

export function settle(done) {
  byId("verdict").dataset.settled = String(done);
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

function drawSteps(steps) {
  const count = (outcome) => steps.filter((step) => step.outcome === outcome).length;
  byId("steps").replaceChildren(...steps.map(step));
  byId("steps-empty").hidden = steps.length > 0;
  const left = titles.size - steps.length;
  byId("steps-left").hidden = steps.length === 0 || left === 0;
  byId("steps-left").textContent = `Judging stops at the first refusal: ${left} later ${left === 1 ? "check was" : "checks were"} not made.`;
  byId("steps-tally").textContent = steps.length === 0 ? "" : ["passed", "failed", "skipped"]
    .filter((outcome) => count(outcome) > 0).map((outcome) => `${count(outcome)} ${outcome}`).join(", ");
}

function step({ check, outcome, code, detail, part }) {
  return element("li", { "data-check": check, "data-outcome": outcome, "data-code": code ?? null },
    element("span", { class: "tick", "aria-hidden": "true" }, marks.get(outcome) ?? "?"),
    element("span", {},
      element("span", { class: "check" }, title(check)),
      part ? element("span", { class: "of", "data-part": part }, part) : null),
    element("span", { class: "outcome" }, outcome),
    element("span", { class: "detail" }, detail));
}

const levels = new Map([["danger", "Danger."], ["warning", "Careful."], ["note", "Note."]]);

// findings: [{ code, severity, text, advice, reference, place? }]
export function showFindings(findings) {
  byId("findings-panel").hidden = findings.length === 0;
  byId("findings").replaceChildren(...findings.map(({ severity: level, code, text }) =>
    element("li", { "data-level": level, "data-code": code }, element("span", { class: "level" }, levels.get(level)), text)));
}
