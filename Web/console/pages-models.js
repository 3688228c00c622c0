// What the pages of providers, models and budgets show beside their forms.

import { allOf } from "./api.js";
import { clientLinesBox } from "./call-line.js";
import { element, link } from "./dom.js";
import { go, section } from "./page.js";
import { replacement } from "./pages-secrets.js";
import { budgetStates } from "./pages-spending.js";
import { providerTest } from "./provider-test.js";

export async function sectionsOf(kind, name, value) {
  if (kind === "provider") return providerSections(name, value);
  return kind === "budget" ? budgetStates(name) : modelSections(name, value);
}

async function providerSections(name, value) {
  if (value.kind === "demo") return null;
  const secrets = (await allOf("/secrets")).filter(({ used_by: users }) => users?.includes(`providers/${name}`));
  return [
    section("Does it answer?", providerTest(name)),
    secrets.map((secret) => section(["The key ", link(secret.name, `#/secrets/${encodeURIComponent(secret.name)}`)], element(
      "details",
      { class: "more" },
      element("summary", {}, "Replace the key"),
      element("div", { class: "replacement" }, replacement(secret.name)),
    ))),
  ];
}

async function modelSections(name) {
  const apis = (await allOf("/apis")).filter(
    ({ value }) => value.models === true || (Array.isArray(value.models) && value.models.includes(name))
  );
  if (apis.length === 0) return section("Call it", element("p", { class: "empty" }, "No API offers it yet. "), element(
    "div",
    { class: "row" },
    go("Add an API with models: true", "#/apis/+"),
  ));
  return section(
    "Call it",
    element("div", { class: "row above" }, go("Ask it from here", `#/playground/${encodeURIComponent(name)}`)),
    await clientLinesBox(apis[0].value, name),
  );
}
