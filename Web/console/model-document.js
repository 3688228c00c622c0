// The answers of "Add a model" as a document, and a document as these answers.

import { isObject } from "./schema.js";

export const NEW = "";
export const NONE = "-";

// Whoever speaks as OpenAI does has an address of their own; the kind is the same.
export const COMPATIBLE = "compatible";

const nameOf = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 63).replace(/-$/, "");
export const aliasFor = (model) => nameOf(model.split("/").at(-1));

const accessOf = (state) => {
  const jwt = { jwt: {
    ...state.more.jwt,
    issuer: state.more.issuer ?? ["built-in"],
    audience: [state.audience],
    ...(state.scopes ? { scopes: state.scopes.split(/\s+/) } : {}),
  } };
  return { jwt, "api-key": "api-key", either: { any: [jwt, "api-key"] } }[state.access];
};

const keysOf = (state) => ({
  typed: [{ secret: state.secret }],
  env: [{ env: state.variable }],
  file: [{ file: state.keyFile }],
}[state.keyFrom] ?? (state.keyFrom.startsWith("kept:") ? [{ secret: state.keyFrom.slice(5) }] : undefined));

// The paths where an API, or one of its routes, offers a model.
export function offersAt(api, alias) {
  const below = api.path.replace(/\/$/, "");
  const offers = ({ models }) => models === true || listOf(models).includes(alias);
  return [
    ...(offers(api) ? [api.path] : []),
    ...Object.values(api.routes ?? {}).filter(offers).map(({ path }) => below + path.replace(/\/\*$/, "")),
  ];
}

export const isOffered = (state) => state.offer === NEW;

export function documentOf(state) {
  const provider = state.provider || state.providerName || "provider";
  const alias = state.alias || "model";
  const [otherProvider, ...otherModel] = state.fallback.split(" ");
  const keys = keysOf(state);
  const amounts = [["input", state.input], ["output", state.output]].filter(([, amount]) => amount !== "");
  const currency = state.currency === "" || state.currency === "USD" ? {} : { currency: state.currency };
  return {
    ...(state.provider === NEW ? { providers: { [provider]: {
      kind: state.kind === COMPATIBLE ? "openai" : state.kind,
      ...(state.address ? { address: state.address } : {}),
      ...(keys && state.kind !== "demo" ? { keys } : {}),
      ...state.more.provider,
    } } } : {}),
    models: { [alias]: {
      deployments: [
        { provider, model: state.model, ...state.more.deployment },
        ...(state.fallback === NONE ? [] : [{ provider: otherProvider, model: otherModel.join(" "), order: 1 }]),
      ],
      ...state.more.model,
    } },
    ...(amounts.length > 0 ? { prices: { [state.more.priceName ?? alias]: {
      provider, model: state.model, ...Object.fromEntries(amounts), ...currency, ...state.more.price,
    } } } : {}),
    ...(state.amount ? { budgets: { [state.more.budgetName ?? alias]: {
      amount: state.amount, ...currency, period: state.period, per: state.per, models: [alias], ...state.more.budget,
    } } } : {}),
    ...(isOffered(state) ? { apis: { [state.api || "ai"]: {
      path: state.path,
      models: true,
      access: accessOf(state),
      ...(state.limit ? { limit: state.limit.split(/\s*,\s*/) } : {}),
      ...state.more.api,
    } } } : {}),
  };
}

const plurals = ["providers", "models", "prices", "budgets", "apis"];
const listOf = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
const text = (value) => (value === undefined || value === null ? "" : String(value));

// Further members of each object are kept beside the answers. `has` says whether a choice of a question is there.
export function takeDocument(document, state, has) {
  const strange = Object.keys(document).find((name) => !plurals.includes(name));
  if (strange) throw new Error(`This page makes a model and what belongs to it; ${strange} go to As code.`);
  const [providerName, provider] = oneOf(document, "providers", "kind");
  const [alias, model] = oneOf(document, "models", "deployments");
  const [priceName, price] = oneOf(document, "prices", "");
  const [budgetName, budget] = oneOf(document, "budgets", "amount");
  const [api, offered] = oneOf(document, "apis", "");
  if (!model) throw new Error("A model belongs here: models, its name, and who answers.");
  const { deployments, ...ofModel } = model;
  const [first, second] = listOf(deployments);
  if (!isObject(first)) throw new Error("Who answers belongs here: deployments, with a provider and what it calls the model.");
  const { provider: who, model: called, ...ofDeployment } = first;
  const fallback = second ? `${second.provider} ${second.model}` : NONE;
  if (!has("fallback", fallback)) throw new Error(
    "This page offers models of providers that are there as a second one: others go to the form of a model."
  );
  if (!provider && !has("provider", text(who))) throw new Error(
    `There is no provider ${text(who)}: say what it is, below providers.`
  );
  takeProvider(provider, state, has);
  takeOffer(offered, state);
  const { provider: _, model: __, input, output, currency, ...ofPrice } = price ?? {};
  const { amount, currency: money, period, per, models: ___, ...ofBudget } = budget ?? {};
  Object.assign(state, {
    provider: provider ? NEW : text(who),
    providerName: providerName ?? state.providerName,
    model: text(called), alias, fallback,
    input: text(input), output: text(output), currency: text(currency ?? money) || "USD",
    amount: text(amount), period: period ?? "month", per: per ?? "everybody",
    offer: offered ? NEW : state.offer === NEW ? state.standing : state.offer,
    api: api ?? state.api,
  });
  Object.assign(state.more, {
    model: ofModel, deployment: ofDeployment, price: ofPrice, budget: ofBudget, priceName, budgetName,
  });
}

function takeProvider(provider, state, has) {
  if (!provider) return;
  const { kind, address, keys, ...rest } = provider;
  const isCompatible = kind === "openai" && address !== undefined;
  if (!has("kind", isCompatible ? COMPATIBLE : kind)) throw new Error(`There is no kind of provider ${text(kind)}.`);
  const [key, ...more] = listOf(keys);
  if (more.length > 0) throw new Error("This page asks for one key; several go to the form of a provider.");
  if (key !== undefined && !isObject(key)) throw new Error(
    "A key does not stand in a file: say { secret: NAME }, { env: NAME } or { file: PATH }."
  );
  Object.assign(state, { kind: isCompatible ? COMPATIBLE : kind, address: text(address), hasAddress: address !== undefined });
  state.more.provider = rest;
  if (key === undefined) state.keyFrom = NONE;
  else if (key.env !== undefined) Object.assign(state, { keyFrom: "env", variable: text(key.env) });
  else if (key.file !== undefined) Object.assign(state, { keyFrom: "file", keyFile: text(key.file) });
  else if (has("keyFrom", `kept:${key.secret}`)) state.keyFrom = `kept:${key.secret}`;
  else Object.assign(state, { keyFrom: "typed", secret: text(key.secret) });
}

function takeOffer(api, state) {
  if (!api) return;
  const { path, models, access, limit, ...rest } = api;
  const choices = isObject(access) && Array.isArray(access.any) ? access.any : [access];
  const jwt = choices.find((choice) => isObject(choice) && choice.jwt)?.jwt;
  const hasKey = choices.includes("api-key");
  if (models !== true) throw new Error("This page makes an API of all models: models: true. Others go to the form of an API.");
  if (!jwt && !hasKey) throw new Error(
    "Say who may call: access with jwt or api-key. Other ways go to the form of an API."
  );
  const { issuer, audience, scopes, ...ofToken } = jwt ?? {};
  if (listOf(audience).length > 1) throw new Error("This page asks for one audience; several go to the form of an API.");
  Object.assign(state, {
    path: text(path),
    access: jwt ? (hasKey ? "either" : "jwt") : "api-key",
    audience: text(listOf(audience)[0]),
    scopes: listOf(scopes).join(" "),
    limit: listOf(limit).join(", "),
  });
  state.more.api = rest;
  state.more.jwt = ofToken;
  state.more.issuer = jwt ? listOf(issuer) : undefined;
}

// -> [name, value], where a value alone stands for the member `short`; [] where there is none.
function oneOf(document, plural, short) {
  const entries = Object.entries(document[plural] ?? {});
  if (entries.length > 1) throw new Error(`One of ${plural} at a time: a document with several goes to As code.`);
  if (entries.length === 0) return [];
  const [name, value] = entries[0];
  if (!isObject(value) && short === "") throw new Error(`${name} of ${plural} says nothing that can be read here.`);
  return [name, isObject(value) && !(plural === "models" && value.deployments === undefined) ? value : { [short]: value }];
}
