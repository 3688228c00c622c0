// The operations of the server at /api, with the person's own token, and their description.

import { eventReader } from "./event-stream.js";
import { accessToken, claims } from "./session.js";

// A refusal (RFC 9457), or a server that does not answer (status 0).
export class Problem extends Error {
  constructor(status, body, operation) {
    super(body.detail ?? body.title ?? `The server answered ${status}.`);
    Object.assign(this, {
      status,
      code: body.code ?? "",
      type: body.type,
      errors: body.errors ?? [],
      trace: body.trace,
      operation,
    });
  }
}

export class SignedOut extends Error {}

let described = null;

// The whole description, read once.
export async function description() {
  described ??= fetch("/api/openapi.json").then((answer) => {
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    return answer.json();
  }).catch((problem) => { described = null; throw problem; });
  return described;
}

export async function schemaOf(operationId) {
  const { operation } = await operationNamed(operationId);
  return operation.requestBody?.content["application/json"].schema;
}

export async function operationNamed(operationId) {
  for (const [path, methods] of Object.entries((await description()).paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.operationId === operationId) return { path, method: method.toUpperCase(), operation };
    }
  }
  throw new Error(`This server has no operation ${operationId}.`);
}

// -> { body, etag }. `path` begins behind /api; `etag` is what it must still be, "*" that there must be none.
export async function call(method, path, { data, etag, query = {} } = {}) {
  const parameters = new URLSearchParams(Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== ""
  ));
  const address = `/api${path}${parameters.size ? `?${parameters}` : ""}`;
  let response = await ask(method, address, data, etag);
  if (response.status === 401) response = await ask(method, address, data, etag, true);
  if (response.status === 401) throw new SignedOut();
  const text = await response.text();
  let body = {};
  try { body = text === "" ? {} : JSON.parse(text); } catch {
    body = { detail: `The server answered ${response.status}.` };
  }
  if (!response.ok) throw new Problem(response.status, body, `${method} ${path}`);
  return { body, etag: response.headers.get("ETag") };
}

async function ask(method, address, data, etag, anew = false) {
  const away = () => new Problem(0, { detail: "The server does not answer. Is it running?" }, `${method} ${address}`);
  const token = await accessToken({ anew }).catch(() => { throw away(); });
  if (token === null) throw new SignedOut();
  const headers = { Authorization: `Bearer ${token}` };
  if (data !== undefined) headers["Content-Type"] = "application/json";
  if (etag === "*") headers["If-None-Match"] = "*"; else if (etag) headers["If-Match"] = etag;
  try {
    return await fetch(address, {
      method,
      headers,
      body: data === undefined ? undefined : JSON.stringify(data),
      cache: "no-store",
    });
  } catch {
    throw away();
  }
}

// A stream of server-sent events, each with one JSON object that is given to `take(object, event)`, until it ends or `signal`
// says so. With `data` it is asked for by POST.
export async function events(path, take, signal, data) {
  const token = await accessToken();
  if (token === null) throw new SignedOut();
  const method = data === undefined ? "GET" : "POST";
  const headers = { Authorization: `Bearer ${token}`, Accept: "text/event-stream" };
  if (data !== undefined) headers["Content-Type"] = "application/json";
  const body = data === undefined ? undefined : JSON.stringify(data);
  const response = await fetch(`/api${path}`, { method, headers, body, cache: "no-store", signal });
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})), `${method} ${path}`);
  const read = eventReader((text, event) => take(JSON.parse(text), event));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    read(value);
  }
}

export const get = async (path, query) => (await call("GET", path, { query })).body;

// A page of a list, whose only array is its rows.
export async function pageOf(path, query) {
  const body = await get(path, query);
  return { rows: Object.values(body).find(Array.isArray) ?? [], next: body.next };
}

// Every row of a list, up to `most`.
export async function allOf(path, query = {}, most = 5_000) {
  const rows = [];
  let after;
  do {
    const page = await pageOf(path, { ...query, after, limit: 200 });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined && after !== null && rows.length < most);
  return rows;
}

// The person who is signed in, as the server knows them; their role is what the server says at this moment.
export async function me() {
  const name = claims().preferred_username;
  if (!name) return { name: "" };
  try { return await get(`/users/${encodeURIComponent(name)}`); } catch (problem) {
    if (problem instanceof Problem && problem.status === 403) return { name, server_role: null };
    throw problem;
  }
}

// The least role that may, for a refused request: "PUT /apis/orders" -> "publisher".
export async function roleFor(operation) {
  const [method, path] = operation.split(" ");
  for (const [template, methods] of Object.entries((await description()).paths)) {
    const parts = template.replace(/^\/api/, "").split("/");
    const given = path.split("?")[0].split("/");
    if (parts.length === given.length && parts.every((part, at) => part.startsWith("{") || part === given[at])) {
      return methods[method.toLowerCase()]?.["x-role"];
    }
  }
  return undefined;
}
