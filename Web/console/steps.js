// <signet-steps>: the checks of one verification in their order, each with how it went.

import { element } from "./dom.js";
import { labelOf } from "./schema.js";

const marks = new Map([["passed", "✓"], ["failed", "✕"], ["skipped", "–"]]);

class SignetSteps extends HTMLElement {
  // steps: [{ check, outcome, code?, detail }]
  begin(steps) {
    const count = (outcome) => steps.filter((step) => step.outcome === outcome).length;
    const tally = ["passed", "failed", "skipped"].filter((outcome) => count(outcome) > 0).map(
      (outcome) => `${count(outcome)} ${outcome}`
    ).join(", ");
    this.replaceChildren(element("p", { class: "tally" }, tally), element("ol", { class: "steps" }, steps.map((step) => element(
      "li",
      { "data-outcome": step.outcome, "data-check": step.check },
      element("span", { class: "tick", "aria-hidden": "true" }, marks.get(step.outcome) ?? "?"),
      element("span", { class: "check" }, labelOf(step.check)),
      element("span", { class: "outcome" }, step.outcome),
      step.detail || step.code
        ? element("span", { class: "detail" }, step.detail, step.code ? element("code", {}, step.code) : null)
        : null))),
    ...(count("failed") > 0
      ? [element("p", { class: "steps-left" }, "Judging stops at the first refusal: later checks were not made.")]
      : []));
    return this;
  }
}

customElements.define("signet-steps", SignetSteps);

export const steps = (list) => document.createElement("signet-steps").begin(list);
