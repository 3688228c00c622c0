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
    done.show(resultOf(body, name));
  }, (problem) => done.fail(problem));
  return element("div", { class: "provider-test" }, element(
    "div",
    { class: "row" },
    press,
    element("span", { class: "help" }, `The server asks ${name} with its own key.`),
  ), done.node);
}

// The server's sentence says what to do.
function resultOf(body, name) {
  const models = body.models ?? [];
  return put(
    element("div", { class: `notice ${body.ok ? "good" : "bad"}`, role: "status" }),
    element(
      "p",
      {},
      element("b", {}, body.ok ? "It works." : "It does not work."),
      ` ${body.detail}`,
      body.milliseconds > 0 ? ` It took ${body.milliseconds} ms.` : "",
    ),
    body.ok ? null : element("p", { class: "ways" }, link(`To the address and the key of ${name}`, `#/providers/${encodeURIComponent(name)}`)),
    models.length > 0 ? element(
      "details",
      { class: "more" },
      element("summary", {}, models.length === 1 ? "The model that it lists" : `The ${models.length} models that it lists`),
      element("ul", { class: "many-names" }, models.map((one) => element("li", {}, element("code", {}, one)))),
    ) : null,
  );
}
