// <one operation as a box>: what it does, its form where it takes something, and what it gave. What is shown once is shown here.

import { Problem, call, operationNamed } from "./api.js";
import { confirmed, copyButton, element, freshId, put, working } from "./dom.js";
import { contextFor } from "./context.js";
import { form } from "./form.js";
import { outcome } from "./problem.js";
import { resolved } from "./schema.js";

// `at` fills in the path; `ask` is { question, consequence } for what cannot be taken back; `done(body, outcome)` says what came of it.
export async function action(operationId, { label, at = {}, ask, value = {}, omit = [], done, danger = false, title }) {
  const { path, method, operation } = await operationNamed(operationId);
  const address = path.replace(/^\/api/, "").replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(at[name]));
  const given = operation.requestBody && resolved(operation.requestBody.content["application/json"].schema);
  const schema = given && { ...given, properties: Object.fromEntries(
    Object.entries(given.properties).filter(([name]) => !omit.includes(name))
  ) };
  const fields = schema ? form({ schema, value, context: await contextFor(schema) }) : null;
  fields?.tabs.remove();
  const result = outcome();
  async function failed(problem) {
    if (
      problem instanceof Problem && problem.errors.length > 0 && fields
    ) { result.clear(); fields.complain(problem.errors); } else await result.fail(problem);
  }
  const press = working(label, async () => {
    if (ask && !await confirmed(ask.question, ask.consequence, label)) return;
    fields?.complain([]);
    result.clear();
    const { body } = await call(method, address, { data: schema ? fields.value : undefined });
    await done(body, result);
  }, failed, { class: danger ? "danger" : null });
  const heading = element("h3", { id: freshId("action") }, title ?? label);
  return element(
    "section",
    { class: "action", "aria-labelledby": heading.id },
    heading,
    element("p", { class: "help" }, operation.summary),
    fields,
    press,
    result.node,
  );
}

// Something that the server shows this once and never again.
export function secret(label, text) {
  const field = element("input", { type: "text", readonly: true, id: freshId("secret"), class: "secret", value: text });
  field.addEventListener("focus", () => field.select());
  return element("div", { class: "shown-once" },
    element("label", { for: field.id }, label), put(element("div", { class: "row" }), field, copyButton(() => text)),
    element("p", { class: "help" }, "It is shown only now. Whoever loses it gets another one."));
}
