// The kinds of object that a configuration is made of: what each is called (with an example of a name), where it is, what its list
// shows.

import { element } from "./dom.js";
import { labelOf, resolved, shapeOf } from "./schema.js";

export const kinds = [
  { kind: "api", example: "orders", plural: "apis", title: "APIs", one: "API", operation: "putAPI",
    first: "Something that is offered to callers: where it is, who answers, who may call, how often.",
    columns: [
      ["Path", (v) => code((v.hosts?.length ? v.hosts.join(", ") : "") + v.path)],
      ["Who answers", (v) => v.upstream ?? (v["control-plane"] ? "the control plane" : v.models ? "language models" : "")],
      ["Who may call", (v) => accessWords(v.access)], ["Limit", (v) => many(v.limit)]] },
  { kind: "upstream", example: "orders-service", plural: "upstreams", title: "Upstreams", one: "upstream", operation: "putUpstream",
    first: "A service behind the gateway: one or several endpoints that answer alike. Begin with its address.",
    columns: [["Endpoints", (v) => code(many(v.endpoints.map(({ url }) => url)))]] },
  { kind: "policy", example: "strict", plural: "policies", title: "Policies", one: "policy", operation: "putPolicy",
    first: "Settings under a name, for several APIs: limits, time, size, origins, header fields.",
    columns: [["Says", (v) => Object.keys(v).join(", ")]] },
  { kind: "issuer", example: "corporate", plural: "issuers", title: "Issuers", one: "issuer", operation: "putIssuer",
    first: "Whose tokens may be trusted. The token service of this server is always there, as built-in.",
    columns: [["Issuer (iss)", (v) => code(v.issuer ?? "")], ["Keys", (v) => keysWords(v.keys)]] },
  { kind: "listener", example: "public", plural: "listeners", title: "Listeners", one: "listener", operation: "putListener",
    first: "Further addresses where callers are served, beside those that the server was started with.",
    columns: [
      ["Address", (v) => code(v.address)],
      ["Serves", (v) => v.serves ?? "gateway"],
      ["TLS", (v) => (v.tls ? "yes" : "no")],
    ] },
  { kind: "consumer", example: "acme", plural: "consumers", title: "Consumers", one: "consumer", operation: "putConsumer",
    first: "Somebody who calls APIs: a person, a team, an application.",
    columns: [["Title", (v) => v.title ?? ""], ["May call", (v) => (v.enabled === false ? "no" : "yes")]] },
  { kind: "credential", example: "acme-key", plural: "credentials", title: "Credentials", one: "credential", operation: "putCredential",
    first: "What a consumer shows who they are with, beside tokens: an API key, or a name and a password.",
    columns: [
      ["Consumer", (v) => v.consumer],
      ["Kind", (v) => v.kind ?? "api-key"],
      ["Good", (v) => (v.enabled === false ? "no" : "yes")],
    ] },
  { kind: "plan", example: "basic", plural: "plans", title: "Plans", one: "plan", operation: "putPlan",
    first: "What is sold together: limits for whoever subscribes, and the APIs that it opens.",
    columns: [["Limit", (v) => many(v.limit)], ["Opens", (v) => (v.apis ? many(v.apis) : "every API")]] },
  {
    kind: "subscription",
    example: "acme-basic",
    plural: "subscriptions",
    title: "Subscriptions",
    one: "subscription",
    operation: "putSubscription",
    first: "A consumer's place in a plan. It needs a consumer and a plan.",
    columns: [["Consumer", (v) => v.consumer], ["Plan", (v) => v.plan], ["Ends", (v) => v.ends ?? ""]] },
  { kind: "provider", example: "openai", plural: "providers", title: "Providers", one: "provider", operation: "putProvider",
    first: "Somebody who runs language models, and the keys that this server asks them with.",
    columns: [["Kind", (v) => v.kind], ["Address", (v) => code(v.address ?? "")]] },
  { kind: "model", example: "fast", plural: "models", title: "Models", one: "model", operation: "putModel",
    first: "A name that callers know a model by, and who answers under it.",
    columns: [["Who answers", (v) => answerWords(v.deployments)]] },
  { kind: "price", example: "fast-price", plural: "prices", title: "Prices", one: "price", operation: "putPrice",
    first: "What a provider's model costs from a day on, for each million of tokens.",
    columns: [
      ["Model", (v) => `${v.provider}: ${v.model}`],
      ["In", (v) => sum(v.input ?? "0", v)],
      ["Out", (v) => sum(v.output ?? "0", v)],
      ["From", (v) => v.from ?? "always"],
    ] },
  { kind: "budget", example: "monthly", plural: "budgets", title: "Budgets", one: "budget", operation: "putBudget",
    first: "How much may be spent on models, and by whom.",
    columns: [
      ["Most", (v) => `${sum(v.amount, v)} each ${v.period ?? "month"}`],
      ["Who has one", (v) => v.per ?? "everybody"],
      ["For", (v) => (v.models ? many(v.models) : "every model")],
    ] },
  { kind: "setting", example: "public-address", plural: "settings", title: "Settings", one: "setting", operation: "putSetting",
    first: "Settings of the whole server. Without any, it works as its documentation says.",
    columns: [["Value", (v) => code(v.value)]] },
];

// Kinds that this page has no words of its own for are drawn from the description alone. -> their plurals.
export function learnKinds(description) {
  const learned = [];
  for (const [path, methods] of Object.entries(description.paths)) {
    const plural = /^\/api\/([a-z-]+)\/\{name\}$/.exec(path)?.[1];
    const operation = methods.put?.operationId ?? "";
    if (!plural || !operation.startsWith("put") || kindAt(plural)) continue;
    const kind = operation.slice(3).replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    const schema = resolved(methods.put.requestBody.content["application/json"].schema);
    kinds.push({
      kind, plural, operation, title: labelOf(plural), one: kind.replaceAll("-", " "),
      first: schema.description ?? "", columns: columnsOf(schema),
    });
    learned.push(plural);
  }
  return learned;
}

// The first few members that are one word or a list of them, those that must be there before the others.
function columnsOf(schema) {
  const isNeeded = (name) => (schema.required ?? []).includes(name);
  const names = Object.keys(schema.properties ?? {}).filter((name) => {
    const shape = shapeOf(schema.properties[name]);
    return ["choice", "yes-no", "number", "text", "variants"].includes(shape) && !resolved(schema.properties[name]).writeOnly;
  });
  const chosen = [...names.filter(isNeeded), ...names.filter((name) => !isNeeded(name))].slice(0, 3);
  return chosen.map((name) => [labelOf(name), (value) => wordsOf(value[name])]);
}

const wordsOf = (value) => {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(wordsOf).join(", ");
  return typeof value === "object" ? Object.keys(value).join(", ") : String(value);
};

export const kindAt = (plural) => kinds.find((one) => one.plural === plural);
export const pluralOf = (kind) => kinds.find((one) => one.kind === kind)?.plural;

const code = (text) => (text ? element("code", {}, text) : "");
const sum = (amount, { currency }) => `${amount} ${currency ?? "USD"}`;
// In the order in which they are asked: those of one order together.
const answerWords = (deployments) => {
  const orders = [...new Set(deployments.map(({ order }) => order ?? 0))].sort((one, other) => one - other);
  return orders.map((order) => deployments.filter((one) => (one.order ?? 0) === order).map(
    (one) => `${one.provider}: ${one.model}`
  ).join(" and ")).join(", then ");
};
const many = (values) => (values ?? []).join(", ");

function accessWords(access) {
  if (access === undefined) return "";
  if (typeof access === "string") return {
    anonymous: "everybody",
    basic: "a password",
    "api-key": "an API key",
  }[access] ?? access;
  if (access.jwt) return `a token for ${many(access.jwt.audience)}${access.jwt.scopes ? ` with ${many(access.jwt.scopes)}` : ""}`;
  if (access["api-key"] !== undefined) return `an API key in ${access["api-key"].header ?? "X-API-Key"}`;
  if (access.any) return access.any.map(accessWords).join(", or ");
  if (access.all) return access.all.map(accessWords).join(", and ");
  return Object.keys(access).join(", ");
}

const keysWords = (keys) => (typeof keys === "object" ? Object.keys(keys)[0] : keys ?? "built-in");

export const ownerWords = (owner) => (
  { console: "console", demo: "demo" }[owner] ?? owner.replace(/^file:?\s*/, "file ")
);

// The same in a few letters, for lists: a file by its last part, with the whole as the title.
export function ownerBadge(owner) {
  if (owner === "console") return "console";
  return element("span", { class: "badge", title: ownerWords(owner) }, ownerWords(owner).replace(/^file .*\//, "file "));
}
