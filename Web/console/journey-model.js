// Add a model: whose it is, the key that opens it, the name that callers use, what it costs, and where it is offered.

import { allOf, call, get } from "./api.js";
import { clientLinesBox } from "./call-line.js";
import { element, link } from "./dom.js";
import { journey, question } from "./journey.js";
import { ownerWords } from "./kinds.js";
import { COMPATIBLE, NEW, NONE, aliasFor, documentOf, isOffered, offersAt, takeDocument } from "./model-document.js";
import { go, page, section } from "./page.js";
import { Complaint } from "./problem.js";
import { providerTest } from "./provider-test.js";

const kinds = [
  ["openai", "OpenAI"],
  ["anthropic", "Anthropic"],
  ["gemini", "Google Gemini"],
  ["mistral", "Mistral"],
  ["ollama", "Ollama"],
  [COMPATIBLE, "Another that speaks as OpenAI does"],
  ["demo", "The demo model: no key, and it says what it was told"],
];
const modelsOf = {
  openai: "gpt-5-mini", anthropic: "claude-sonnet-4-5", gemini: "gemini-2.5-flash", mistral: "mistral-small-latest", ollama: "qwen3",
  [COMPATIBLE]: "qwen3", demo: "demo-1",
};
const variables = { openai: "OPENAI_API_KEY", anthropic: "ANTHROPIC_API_KEY", gemini: "GEMINI_API_KEY", mistral: "MISTRAL_API_KEY" };

export async function addModel() {
  // What is stored can name only what is stored; an API that offers every model offers this one, whoever owns it.
  const isStored = ({ owner }) => owner !== "demo";
  const [defaults, everyProvider, everyModel, apis, secrets] = await Promise.all(
    [get("/token-defaults"), ...["/providers", "/models", "/apis", "/secrets"].map((path) => allOf(path))],
  );
  const [providers, models] = [everyProvider, everyModel].map((rows) => rows.filter(isStored));
  const taken = { secrets: namesOf(secrets), providers: namesOf(everyProvider) };
  const all = apis.filter(({ value }) => value.models === true);
  const offering = [...all.filter(isStored), ...all.filter((one) => !isStored(one))];
  const api = freeAPI(apis);
  const provider = freeOf(taken.providers, "openai");
  const deployments = [...new Set(models.flatMap(({ value }) => value.deployments.map(
    (one) => `${one.provider} ${one.model}`
  )))];
  const state = {
    provider: NEW, kind: "openai", providerName: provider, hasAddress: false, address: "", keyFrom: "typed", key: "", secret: freeOf(taken.secrets, provider),
    variable: variables.openai, keyFile: "", model: "", alias: "", fallback: NONE, input: "", output: "", currency: "USD",
    amount: "", period: "month", per: "everybody", offer: offering[0]?.name ?? NEW, standing: offering[0]?.name ?? NONE, api, path: `/${api}`,
    access: "either", audience: defaults.audiences[0] ?? api, scopes: "", limit: "", more: {},
  };
  const asked = questionsFor(state, { providers, deployments, secrets, offering, taken });
  const nameOf = new Map([...asked].map(([name, one]) => [one, name]));
  const isNew = () => state.provider === NEW;
  const wantsKey = () => isNew() && state.kind !== "demo";
  const wantsToken = () => isOffered(state) && state.access !== "api-key";
  const shownWhere = {
    kind: isNew, providerName: isNew,
    address: () => isNew() && state.hasAddress,
    keyFrom: wantsKey,
    key: () => wantsKey() && state.keyFrom === "typed",
    variable: () => wantsKey() && state.keyFrom === "env",
    keyFile: () => wantsKey() && state.keyFrom === "file",
    fallback: () => deployments.length > 0,
    currency: () => state.input !== "" || state.output !== "" || state.amount !== "",
    period: () => state.amount !== "", per: () => state.amount !== "",
    api: () => isOffered(state), path: () => isOffered(state), access: () => isOffered(state), limit: () => isOffered(state),
    audience: wantsToken, scopes: wantsToken,
  };
  const has = (name, value) => [...asked.get(name).control.options].some((one) => one.value === value);
  const node = journey({
    questions: [...asked.values()],
    parts: [
      { title: "Who runs it", first: asked.get("provider") },
      { title: "The model", first: asked.get("model") },
      { title: "What it costs", first: asked.get("input") },
      { title: "Who may ask it", first: asked.get("offer") },
    ],
    visible: (one) => shownWhere[nameOf.get(one)]?.() ?? true,
    documentOf: () => documentOf(state),
    take: (document) => takeDocument(document, state, has),
    label: "Add it",
    note: "Add a model",
    // The key goes first: what is in force must find it. It is in no document, and not kept in this page.
    prepare: async () => {
      if (!wantsKey() || state.keyFrom !== "typed") return async () => {};
      const isTaken = (await allOf("/secrets")).some(({ name }) => name === state.secret);
      if (isTaken) throw new Complaint(`Somebody stored a secret ${state.secret} meanwhile. Choose another name for the provider.`);
      await call("PUT", `/secrets/${encodeURIComponent(state.secret)}`, { data: { value: state.key } });
      return () => call("DELETE", `/secrets/${encodeURIComponent(state.secret)}`).catch(() => {});
    },
    finish: async (done, change, document) => {
      state.key = "";
      asked.get("key").show();
      const alias = Object.keys(document.models)[0];
      const [deployment] = Object.values(document.models)[0].deployments;
      const chosen = document.apis ? Object.keys(document.apis)[0] : state.offer;
      const offered = (await allOf("/apis")).map((one) => ({ ...one, paths: offersAt(one.value, alias) }))
        .filter(({ paths }) => paths.length > 0).sort((one, other) => (other.name === chosen) - (one.name === chosen));
      const api = offered.find(({ value }) => value.models)?.value;
      done.show(
        element("div", { class: "notice good", role: "status" }, element(
          "p",
          {},
          element("b", {}, `${alias} is in force.`),
          offered.length > 0 ? ` It is offered already by ${offered.map(words).join(" and ")}` : " No API offers it yet",
          ` (revision ${change.revision}).`,
        )),
        section("Does it answer?", providerTest(deployment.provider, deployment.model)),
        api ? section("Call it", await clientLinesBox(api, alias)) : null,
        element(
          "div",
          { class: "row" },
          api ? go("Ask it from here", `#/playground/${encodeURIComponent(alias)}`, true) : null,
          api ? go("Let somebody in", "#/let-in") : null,
          link("To the model", `#/models/${encodeURIComponent(alias)}`, { class: "button" }),
        ),
      );
    },
  });
  return page(
    { title: "Add a model", intro: "A few answers, or the same few lines as a file. The key stands in neither." },
    node,
  );
}

const namesOf = (rows) => new Set(rows.map(({ name }) => name));
const ownedBy = (owner) => (owner === "console" ? "" : owner === "demo" ? ", which the demo has" : `, of ${ownerWords(owner)}`);
const words = ({ name, owner, paths }) => `${name} at ${paths.join(" and ")}${ownedBy(owner)}`;

// A name for another API, whose path nothing else is at.
function freeAPI(apis) {
  const taken = new Set(apis.flatMap(({ name, value }) => [name, value.path.replace(/^\/|\/$/g, "")]));
  return taken.has("ai") ? freeOf(taken, "models") : "ai";
}

function freeOf(taken, wanted) {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
  return name;
}

function questionsFor(state, { providers, deployments, secrets, offering, taken }) {
  const asked = new Map();
  const show = (...names) => { for (const name of names) asked.get(name).show(); };
  const ask = (name, options) => asked.set(name, question({
    get: () => state[name],
    set: (value) => { state[name] = value; },
    ...options,
  }));
  ask("provider", { label: "Provider", kind: "choice", options: [
    [NEW, "One that is not here yet"],
    ...providers.map(({ name, value }) => [name, `${name} (${value.kind})`]),
  ] });
  ask("kind", { label: "Kind", kind: "choice", options: kinds, set: kindChosen });
  ask("providerName", {
    label: "Name of the provider", needed: true, help: "Small letters, digits and hyphens.", set: providerNamed,
  });
  ask("address", {
    label: "Address", needed: true, help: "As their own client library takes it.",
    placeholder: "http://127.0.0.1:8080/v1",
  });
  ask("keyFrom", { label: "Its key", kind: "choice", options: [
    ["typed", "Typed in here, and sealed in the database"],
    ...secrets.map(({ name }) => [`kept:${name}`, `Kept as ${name}`]),
    ["env", "In a variable of the server's environment"],
    ["file", "In a file on the server"],
    [NONE, "It needs none"],
  ] });
  ask("key", {
    label: "The key", kind: "password", needed: true,
    help: "It goes to the server once, and is never shown again: not here, and not in the file.",
  });
  ask("variable", { label: "Variable", needed: true, placeholder: "OPENAI_API_KEY" });
  ask("keyFile", { label: "Path of the file", needed: true, placeholder: "/run/secrets/openai" });
  ask("model", { label: "What the provider calls it", needed: true, placeholder: modelsOf.openai, set: modelNamed });
  ask("alias", {
    label: "What callers call it", needed: true, placeholder: "fast", help: "The model's name in their requests. It stays when another one answers.",
  });
  ask("fallback", { label: "Who answers when it fails", kind: "choice", options: [
    [NONE, "Nobody else"], ...deployments.map((one) => [one, one.replace(" ", ": ")]),
  ] });
  ask("input", { label: "A million tokens of requests", placeholder: "0.25", help: "From the provider's list of prices. May stay empty." });
  ask("output", { label: "A million tokens of answers", placeholder: "2.00" });
  ask("amount", { label: "Budget", placeholder: "25.00", help: "The most that is spent on it. May stay empty." });
  ask("currency", { label: "Currency", needed: true, placeholder: "USD", help: "Three letters (ISO 4217)." });
  ask("period", { label: "Anew", kind: "choice", options: [["day", "Each day"], ["month", "Each month"]] });
  ask("per", { label: "Who has one", kind: "choice", options: [
    ["everybody", "Everybody together"], ["consumer", "Each consumer"], ["subject", "Each person (sub)"], ["client", "Each client (client_id)"],
  ] });
  ask("offer", { label: "Offered at", kind: "choice", options: [
    ...offering.map(({ name, owner, value }) => [name, `${name}, at ${value.path}${ownedBy(owner)}`]),
    [NEW, offering.length > 0 ? "Another API" : "An API that is made now"],
    ...(offering.length > 0 ? [] : [[NONE, "No API yet"]]),
  ], help: offering.length > 0 ? "An API that offers every model offers this one too, and is not changed." : undefined });
  ask("api", { label: "Name of the API", needed: true, set: apiNamed });
  ask("path", { label: "Path", needed: true, help: "Every model is asked below it: /v1/chat/completions, /v1/messages." });
  ask("access", { label: "Who may call", kind: "choice", options: [
    ["either", "Whoever brings a good token, or a consumer's API key"],
    ["jwt", "Whoever brings a good token"],
    ["api-key", "Whoever brings a consumer's API key"],
  ] });
  ask("audience", { label: "Audience", needed: true, help: "Whom the tokens of this server must be for (aud)." });
  ask("scopes", { label: "Scopes", placeholder: "models:use", help: "What must have been granted, with spaces between. May stay empty." });
  ask("limit", { label: "Limit", placeholder: "60/min per consumer", help: "How often. May stay empty." });
  asked.get("key").control.autocomplete = "off";

  // What goes with another answer, until it is chosen.
  function kindChosen(value) {
    const before = state.kind;
    if (value === before) return;
    state.kind = value;
    if (state.providerName === proposed(before) || state.providerName === "") {
      providerNamed(proposed(value));
      show("providerName");
    }
    if (Object.values(variables).includes(state.variable) || state.variable === "") state.variable = variables[value] ?? "";
    const hasNone = value === "ollama" || value === "demo";
    if (hasNone) state.keyFrom = NONE; else if (state.keyFrom === NONE && (before === "ollama" || before === "demo")) state.keyFrom = "typed";
    state.hasAddress = value === COMPATIBLE || value === "ollama";
    state.address = value === "ollama" ? "http://127.0.0.1:11434" : "";
    if (value === "demo" && state.model === "") { modelNamed("demo-1"); show("model"); }
    asked.get("model").control.placeholder = modelsOf[value];
    show("variable", "keyFrom", "address");
  }
  function proposed(kind) { return freeOf(taken.providers, kind === COMPATIBLE ? "own" : kind); }
  function providerNamed(value) {
    if (value === state.providerName) return;
    state.providerName = value;
    state.secret = freeOf(taken.secrets, value || "provider");
  }
  function modelNamed(value) {
    const before = state.model;
    if (value === before) return;
    state.model = value;
    if (state.alias !== "" && state.alias !== aliasFor(before)) return;
    state.alias = aliasFor(value);
    show("alias");
  }
  function apiNamed(value) {
    const before = state.api;
    if (value === before) return;
    state.api = value;
    if (state.path === `/${before}`) state.path = `/${value}`;
    show("path");
  }
  return asked;
}
