// An OpenAPI document (3.0 and 3.1) as what an API here is made of. It is somebody else's text: nothing of it is believed to
// have the shape that it should have.

import { isObject } from "./schema.js";
import { readYAML } from "./yaml-read.js";

export const MOST_BYTES = 1_048_576;
const MOST_OPERATIONS = 2_000;
const methods = ["get", "put", "post", "delete", "options", "head", "patch"];

// -> { name, basePath, address, issuer, wantsToken, operations: [{ id, method, path, scopes }], left: [sentences] }; throws Error.
export function readOpenAPI(text) {
  if (new TextEncoder().encode(text).length > MOST_BYTES) throw new Error("This is more than 1 MiB, which is the most that is read.");
  const document = parsed(text.replace(/^\ufeff/, ""));
  const version = String(isObject(document) ? document.openapi ?? document.swagger ?? "" : "");
  if (!/^3\.[01](\.|$)/.test(version)) throw new Error(
    version === "" ? "This is no OpenAPI document: it says no version (openapi)." : `OpenAPI ${version.slice(0, 20)} is not read, only 3.0 and 3.1.`
  );
  if (!isObject(document.paths)) throw new Error("This document has no paths.");
  const left = [];
  const schemes = schemesOf(document);
  const operations = operationsOf(document, schemes, left);
  if (operations.length === 0) throw new Error(["No path of this document can be served here.", ...left.slice(0, 3)].join(" "));
  if (isObject(document.webhooks)) left.push("Webhooks are not taken: they are calls of the API to others.");
  for (const [name, { said }] of schemes) if (said) left.push(`The security scheme ${short(name)} is ${said}: say below who may call.`);
  const title = isObject(document.info) && typeof document.info.title === "string" ? document.info.title : "";
  return {
    name: nameOf(title) || "api",
    ...serverOf(document.servers, left),
    issuer: [...schemes.values()].find(({ issuer }) => issuer)?.issuer ?? null,
    wantsToken: [...schemes.values()].some(({ hasScopes }) => hasScopes),
    operations,
    left: [...new Set(left)],
  };
}

function parsed(text) {
  const isJSON = /^\s*\{/.test(text.slice(0, 1_000));
  try { return isJSON ? JSON.parse(text) : readYAML(text, { folds: true }); } catch (problem) {
    throw new Error(`This does not read as ${isJSON ? "JSON" : "YAML"}: ${String(problem.message).slice(0, 200)}`);
  }
}

const short = (text) => (String(text).length > 60 ? `${String(text).slice(0, 60)}…` : String(text));
export const nameOf = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 63).replace(/^-|-$/g, "");

// -> of each scheme: whether its scopes are those of tokens, the issuer that it names, or what it is that is not taken.
function schemesOf(document) {
  const found = new Map();
  const all = isObject(document.components) ? document.components.securitySchemes : null;
  for (const [name, scheme] of Object.entries(isObject(all) ? all : {})) {
    const type = isObject(scheme) ? scheme.type : "";
    if (type === "oauth2") found.set(name, { hasScopes: true });
    else if (type === "openIdConnect") found.set(name, { hasScopes: true, issuer: issuerOf(scheme.openIdConnectUrl) });
    else found.set(name, { hasScopes: false, said: wordsOfScheme(scheme, type) });
  }
  return found;
}

const wordsOfScheme = (scheme, type) => {
  if (type === "apiKey") return "an API key";
  if (type === "http") return `HTTP ${short(scheme.scheme ?? "authentication")}`;
  return type === "mutualTLS" ? "mutual TLS" : "of a kind that is not read";
};

function issuerOf(address) {
  const end = "/.well-known/openid-configuration";
  return typeof address === "string" && /^https?:\/\//.test(address) && address.endsWith(end) ? address.slice(0, -end.length) : null;
}

// The first server: where it is, and the path that its own paths are below.
function serverOf(servers, left) {
  const list = Array.isArray(servers) ? servers.filter(isObject) : [];
  if (list.length > 1) left.push(`Of ${list.length} servers only the first is taken.`);
  const [server] = list;
  if (typeof server?.url !== "string") return { address: "", basePath: "" };
  const variables = isObject(server.variables) ? server.variables : {};
  const url = server.url.slice(0, 2_000).replace(/\{([^{}]+)\}/g, (_, name) => (
    isObject(variables[name]) ? String(variables[name].default ?? "") : ""
  ));
  const isWhole = /^https?:\/\//i.test(url);
  const found = URL.canParse(url, "http://relative.invalid/") ? new URL(url, "http://relative.invalid/") : null;
  if (!/^https?:$/.test(found?.protocol ?? "")) {
    left.push(`The server's address ${short(url)} is none of HTTP.`);
    return { address: "", basePath: "" };
  }
  if (!isWhole) left.push("The server's address is relative: say below who answers.");
  return { address: isWhole ? found.origin : "", basePath: found.pathname.replace(/\/+$/, "") };
}

function operationsOf(document, schemes, left) {
  const operations = [];
  for (const [path, item] of Object.entries(document.paths)) {
    if (path.startsWith("x-")) continue;
    const pattern = patternOf(path);
    if (pattern.complaint) { left.push(`${short(path)}: ${pattern.complaint}.`); continue; }
    if (!isObject(item)) continue;
    if (item.$ref !== undefined) left.push(`${short(path)} stands elsewhere ($ref), and is not taken.`);
    if (item.trace !== undefined) left.push(`TRACE ${short(path)} is not taken.`);
    for (const method of methods) {
      const operation = item[method];
      if (!isObject(operation)) continue;
      if (operations.length >= MOST_OPERATIONS) throw new Error(`There are more than ${MOST_OPERATIONS} operations in this document.`);
      const place = `${method.toUpperCase()} ${short(path)}`;
      if (operation.servers !== undefined || item.servers !== undefined) left.push(`${place} has a server of its own, which is not taken.`);
      operations.push({
        id: typeof operation.operationId === "string" ? operation.operationId.slice(0, 200) : "",
        method: method.toUpperCase(),
        path: pattern.path,
        scopes: scopesOf(operation.security ?? document.security, schemes, place, left),
      });
    }
  }
  return operations;
}

// A path as routes write it: each {name} is a whole segment, of letters, digits and _.
function patternOf(path) {
  if (!path.startsWith("/") || path.length > 1_000) return { complaint: "it does not begin with a slash, or is too long" };
  if (!/^[A-Za-z0-9._~!$&'()+,;=:@/{}-]+$/.test(path) || /\/\/|\/\.{1,2}(\/|$)/.test(path)) return { complaint: "it is not in the form that paths have here" };
  const seen = new Set();
  const segments = path.split("/").slice(1).map((segment) => {
    const name = /^\{([^{}]+)\}$/.exec(segment)?.[1];
    if (name === undefined) return /[{}]/.test(segment) ? null : segment;
    let plain = name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=[0-9])/, "_");
    while (seen.has(plain)) plain += "_";
    seen.add(plain);
    return `{${plain}}`;
  });
  if (segments.includes(null)) return { complaint: "a {name} has to be a whole segment" };
  if (segments.length > 40) return { complaint: "it has too many segments" };
  return { path: `/${segments.join("/")}` };
}

// The scopes that a token must have, where the schemes are those of tokens. What is open by the document is not opened here.
function scopesOf(security, schemes, place, left) {
  if (security === undefined) return [];
  const choices = Array.isArray(security) ? security.filter(isObject) : [];
  if (choices.length === 0 || choices.some((one) => Object.keys(one).length === 0)) {
    left.push(`${place} asks for nothing by the document; here it asks for what the API asks for.`);
    return [];
  }
  const asked = choices.map((choice) => Object.entries(choice).flatMap(([name, scopes]) => (
    schemes.get(name)?.hasScopes && Array.isArray(scopes) ? scopes.filter(isScope) : []
  )));
  const sets = [...new Set(asked.map((scopes) => [...new Set(scopes)].sort().join(" ")))];
  if (sets.length === 1) return sets[0] === "" ? [] : sets[0].split(" ");
  left.push(`${place} may be called in several ways by the document; here it asks for all of their scopes.`);
  return [...new Set(asked.flat())].sort();
}

// RFC 6749, section 3.3.
const isScope = (scope) => typeof scope === "string" && scope.length <= 200 && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope);

// Routes by name: what has the same path and asks for the same scopes is one. -> [[name, { path, methods, scopes }]]
export function routesOf(operations) {
  const found = new Map();
  for (const { id, method, path, scopes } of operations) {
    const key = `${path} ${scopes.join(" ")}`;
    const route = found.get(key) ?? { ids: [], path, methods: [], scopes };
    route.ids.push(id);
    if (!route.methods.includes(method)) route.methods.push(method);
    found.set(key, route);
  }
  const taken = new Set();
  const isAlone = (route) => [...found.values()].filter(({ path }) => path === route.path).length === 1;
  return [...found.values()].map((route) => {
    const byPath = nameOf(route.path) || "root";
    const byID = route.ids.length === 1 ? nameOf(route.ids[0].replace(/([a-z0-9])([A-Z])/g, "$1-$2")) : "";
    const wanted = byID !== "" ? byID
      : isAlone(route) ? byPath : nameOf(`${route.methods[0]}-${byPath}`);
    let name = wanted;
    for (let number = 2; taken.has(name); number += 1) name = `${wanted.slice(0, 58)}-${number}`;
    taken.add(name);
    return [name, { path: route.path, methods: route.methods, scopes: route.scopes }];
  });
}
