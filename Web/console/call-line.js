// How an API is called from outside: where the gateway is, and the line for a terminal.

import { allOf } from "./api.js";
import { copyButton, element, link } from "./dom.js";
import { isObject } from "./schema.js";

// -> the address of the gateway as callers write it, or null where none is open.
export async function gatewayAddress() {
  const [listeners, settings] = await Promise.all([
    allOf("/open-listeners"), allOf("/settings"),
  ]);
  const said = settings.find(({ name }) => name === "public-address");
  if (said) return said.value.value.replace(/\/$/, "");
  const serving = listeners.filter(({ serves }) => serves === "gateway");
  const best = serving.find(({ url }) => url.startsWith("https:")) ?? serving[0];
  if (!best) return null;
  // One that is open to the network is called by the name that this page was called by.
  return best.everywhere
    ? `${new URL(best.url).protocol}//${location.hostname}:${new URL(best.url).port}`
    : best.url;
}

// What is to be shown at an API: "token", "key", "password", "either" or "nothing".
export function shownAt(access) {
  const choices = isObject(access) && (access.any ?? access.all) ? access.any ?? access.all : [access];
  const has = (name) => choices.some((one) => one === name || (isObject(one) && one[name] !== undefined));
  const key = choices.find((one) => isObject(one) && one["api-key"]?.header);
  const field = key ? key["api-key"].header : "X-API-Key";
  if (access === "anonymous" || access === undefined) return { what: "nothing", field };
  if (has("jwt")) return { what: "token", field };
  if (has("api-key")) return { what: "key", field };
  if (has("basic")) return { what: "password", field };
  return { what: "token", field };
}

// Where an API says nothing itself, what is not one of its routes is refused, and each of them says who may call.
const firstRoute = (api) => (api.access === undefined ? Object.values(api.routes ?? {})[0] : undefined);
export const accessOf = (api) => api.access ?? firstRoute(api)?.access;

// An API of language models is asked below its path, in the words of OpenAI or Anthropic: which models are there needs no more.
export function callPath(api) {
  const below = api.path.replace(/\/$/, "");
  if (api.models) return `${below}/v1/models`;
  const route = firstRoute(api);
  return route ? below + route.path.replace(/\/\*$/, "") : api.path;
}

function callLine(gateway, api, { what, field }) {
  const host = api.hosts?.find((name) => !name.startsWith("*"));
  const method = (firstRoute(api) ?? api).methods?.[0] ?? "GET";
  const parts = [
    "curl -i",
    method === "GET" ? "" : `-X ${quoted(method)}`,
    quoted(`${gateway}${callPath(api)}`),
    host ? `-H ${quoted(`Host: ${host}`)}` : "",
    {
      token: '-H "Authorization: Bearer $TOKEN"',
      key: `-H ${quoted(`${field}: `)}"$KEY"`,
      password: '-u "$NAME:$PASSWORD"',
    }[what] ?? "",
  ];
  return parts.filter(Boolean).join(" ");
}

// For a shell, which takes nothing of it for its own; names of header fields may hold ` and $, and so may paths.
const quoted = (text) => (/^[A-Za-z0-9:/._-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

// Where what is shown comes from, as a sentence that begins with its name; null where nothing is shown.
function originOf(what, access, name) {
  if (what === "nothing") return null;
  if (what !== "token") return element(
    "p",
    { class: "help" },
    `${name} of a consumer: shown once, when `,
    link("somebody is let in", "#/let-in"),
    ".",
  );
  const choices = isObject(access) ? access.any ?? access.all ?? [access] : [];
  const issuers = [choices.find((one) => isObject(one) && one.jwt)?.jwt.issuer ?? []].flat();
  return element("p", { class: "help" }, name, ...(issuers.length > 0 && !issuers.includes("built-in")
    ? [` that ${issuers.join(" or ")} gives.`]
    : [" of this server: a client of ", link("Clients", "#/clients"), " asks /token for it with the grant client_credentials, or gets it "
      + "when a person signs in."]));
}

// The line with a button that copies it; a sentence where the gateway listens nowhere.
export async function callLineBox(api) {
  const gateway = await gatewayAddress();
  if (gateway === null) return element("p", { class: "empty" }, "The gateway listens nowhere.");
  const shown = shownAt(accessOf(api));
  const names = {
    token: "$TOKEN is an access token", key: "$KEY is the API key", password: "$NAME and $PASSWORD are those",
  };
  return element(
    "div",
    { class: "client-lines" },
    lineBox("The line for a terminal", callLine(gateway, api, shown)),
    originOf(shown.what, accessOf(api), names[shown.what]),
  );
}

// The lines for a key that was just made, which they begin with; null where a key alone opens nothing.
export async function keyLinesBox(name, api, key) {
  const access = accessOf(api);
  const field = keyFields(access)[0];
  const gateway = await gatewayAddress();
  if (field === undefined || access.all || gateway === null) return null;
  return lineBox(`The line for ${name}`, `KEY=${quoted(key)}\n${callLine(gateway, api, { what: "key", field })}`);
}

// The header fields where an API takes keys.
export function keyFields(access) {
  if (access === "api-key") return ["X-API-Key"];
  if (!isObject(access)) return [];
  if (access["api-key"] !== undefined) return [access["api-key"]?.header ?? "X-API-Key"];
  return [...(access.any ?? []), ...(access.all ?? [])].flatMap(keyFields);
}

const lineBox = (label, text) => element(
  "div",
  { class: "call-line" },
  element("pre", { tabindex: "0", "aria-label": label }, text),
  copyButton(() => text),
);

// How the clients of OpenAI and Anthropic for Python call an API of language models, as they are.
export async function clientLinesBox(api, alias) {
  const gateway = await gatewayAddress();
  if (gateway === null) return element("p", { class: "empty" }, "The gateway listens nowhere.");
  const { what } = shownAt(accessOf(api));
  if (what === "password") return element("p", { class: "empty" }, "Their clients show tokens and keys; this API asks for a name and a password.");
  return element(
    "div",
    { class: "client-lines" },
    what === "nothing"
      ? element("p", { class: "help" }, "No key is asked for, but the clients want one to be said.")
      : originOf(what, accessOf(api), what === "token"
        ? "In the variable SIGNET_TOKEN stands an access token" : "In the variable SIGNET_KEY stands the API key"),
    clientsOf(`${gateway}${api.path.replace(/\/$/, "")}`, api, alias).map(([name, lines]) => element(
      "div",
      {},
      element("h3", {}, name),
      lineBox(`The lines for ${name}`, lines),
    )),
  );
}

const inPython = (text) => JSON.stringify(text);

// Each with its name and its lines.
function clientsOf(address, api, alias) {
  const { what, field } = shownAt(accessOf(api));
  const host = api.hosts?.find((name) => !name.startsWith("*"));
  const key = 'os.environ["SIGNET_KEY"]';
  const token = 'os.environ["SIGNET_TOKEN"]';
  const linesOf = (name, make, secret, fields, ask, more = []) => {
    const all = [...(host ? [`"Host": ${inPython(host)}`] : []), ...fields];
    const of = (what, members) => [`${what}(`, ...members.map((one) => `    ${one},`), ")"];
    return [
      secret.includes("os.") || fields.length > 0 ? `import os, ${name}` : `import ${name}`,
      ...of(`client = ${name}.${make[0]}`, [
        `base_url=${inPython(make[1])}`, secret, ...(all.length > 0 ? [`default_headers={${all.join(", ")}}`] : []),
      ]),
      ...of(`client.${ask}.create`, [
        `model=${inPython(alias)}`, 'messages=[{"role": "user", "content": "Hello"}]', ...more,
      ]),
    ].join("\n");
  };
  // A key goes into its field by name: the clients' own places are for what they take for a token. Anthropic's has that field
  // itself, spelt so, which is to be replaced and not doubled.
  const inField = (name) => (what === "key" ? [`${inPython(name)}: ${key}`] : []);
  const own = field.toLowerCase() === "x-api-key" ? "X-Api-Key" : field;
  const none = 'api_key="none"';
  return [
    ["OpenAI", linesOf(
      "openai", ["OpenAI", `${address}/v1`], what === "token" ? `api_key=${token}` : none, inField(field), "chat.completions",
    )],
    ["Anthropic", linesOf(
      "anthropic", ["Anthropic", address], what === "token" ? `auth_token=${token}` : none, inField(own), "messages", ["max_tokens=500"],
    )],
  ];
}
