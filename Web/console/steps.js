// <signet-steps>: the checks of one verification in their order, each with how it went.

import { element } from "./dom.js";
import { labelOf } from "./schema.js";

const marks = new Map([["passed", "✓"], ["failed", "✕"], ["skipped", "–"]]);

class SignetSteps extends HTMLElement {
  // steps: [{ check, outcome, code?, detail }]
  begin(steps) {
    this.replaceChildren(element("ol", { class: "steps" }, steps.map((step) => element(
      "li",
      { "data-outcome": step.outcome, "data-check": step.check },
      element("span", { class: "tick", "aria-hidden": "true" }, marks.get(step.outcome) ?? "?"),
      element("span", { class: "check" }, labelOf(step.check)),
      element("span", { class: "outcome" }, step.outcome),
      step.detail || step.code
        ? element("span", { class: "detail" }, step.detail, step.code ? element("code", {}, step.code) : null)
        : null))));
    return this;
  }
}

customElements.define("signet-steps", SignetSteps);

export const steps = (list) => document.createElement("signet-steps").begin(list);
