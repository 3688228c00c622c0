// A question to a provider whether it takes the key and knows the model, and what to do where it does not.

import { call } from "./api.js";
import { element, link, put, working } from "./dom.js";
import { outcome } from "./problem.js";

// `model` is what the provider calls it; without one only the connection is tried.
export function providerTest(name, model) {
  const done = outcome();
  const press = working("Test the connection", async () => {
    done.clear();
    const data = model === undefined ? {} : { model };
    const { body } = await call("POST", `/providers/${encodeURIComponent(name)}/test`, { data });
    done.show(resultOf(body, name, model));
  }, (problem) => done.fail(problem));
  return element("div", { class: "provider-test" }, element(
    "div",
    { class: "row" },
    press,
    element("span", { class: "help" }, `The server asks ${name} with its own key.`),
  ), done.node);
}

function resultOf(body, name, model) {
  const box = element("div", { class: `notice ${body.ok ? "good" : "bad"}`, role: "status" }, element(
    "p",
    {},
    element("b", {}, body.ok ? "It works." : "It does not work."),
    ` ${sentence(body.detail)}`,
    body.milliseconds === undefined ? "" : ` It took ${body.milliseconds} ms.`,
  ));
  const todo = body.ok ? null : whatToDo(body.status, name);
  const models = body.models ?? [];
  return put(
    box,
    todo ? element("p", {}, todo) : null,
    model !== undefined && models.length > 0 && !models.includes(model)
      ? element("p", {}, "It does not tell ", element("code", {}, model), " among its models.")
      : null,
    models.length > 0 ? element(
      "details",
      { class: "more" },
      element("summary", {}, models.length === 1 ? "The model that it tells" : `The ${models.length} models that it tells`),
      element("ul", { class: "many-names" }, models.map((one) => element("li", {}, element("code", {}, one)))),
    ) : null,
  );
}

const sentence = (text = "") => (text === "" ? "" : text.charAt(0).toUpperCase() + text.slice(1).replace(/([^.!?])$/, "$1."));

function whatToDo(status, name) {
  const provider = link(`the page of ${name}`, `#/providers/${encodeURIComponent(name)}`);
  if (status === 401 || status === 403) return ["The key is not taken: replace it on ", provider, ", or ask its owner what it may do."];
  if (status === 404) return ["Look at the model's name, and at the address on ", provider, "."];
  if (status === 429) return "The key has been used up for now: wait, or look at the provider's own page of limits.";
  if (status >= 500) return "The provider itself has trouble: try again in a while.";
  return ["Look at the address and the key on ", provider, "."];
}
