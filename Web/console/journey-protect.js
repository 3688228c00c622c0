// Protect an API: name it, say who answers, who may call, and how often.

import { allOf, get } from "./api.js";
import { callLineBox } from "./call-line.js";
import { element, link } from "./dom.js";
import { journey, question } from "./journey.js";
import { go, page } from "./page.js";
import { openAPIBox } from "./openapi-box.js";
import { isObject } from "./schema.js";
import { writeYAML } from "./yaml-write.js";

const NEW = "";

export async function protect() {
  const isStored = ({ owner }) => owner !== "demo";
  const [defaults, ...stored] = await Promise.all([get("/token-defaults"), allOf("/upstreams"), allOf("/issuers")]);
  const [upstreams, issuers] = stored.map((rows) => rows.filter(isStored));
  // What is stored can name no upstream of the demo, but its address.
  const demo = stored[0].find((one) => !isStored(one))?.value.endpoints[0].url;
  const state = {
    name: "",
    path: "",
    upstream: NEW,
    address: demo ?? "",
    access: "jwt",
    issuer: "built-in",
    iss: "",
    audience: defaults.audiences[0] ?? "",
    scopes: "",
    limit: "",
    routes: null,
    others: "refused",
    api: {},
    endpoints: {},
  };
  const ask = (name, options) => [name, question({
    get: () => state[name],
    set: (value) => { state[name] = value; },
    ...options
  })];
  const asked = new Map([
    ask("name", {
      label: "Name",
      needed: true,
      placeholder: "orders",
      help: "Small letters, digits and hyphens.",
      set: (value) => going(() => { state.name = value; }),
    }),
    ask("path", {
      label: "Path",
      needed: true,
      placeholder: "/orders",
      help: "It is at this path of the gateway, and everything below it.",
    }),
    ask("others", { label: "Other paths than those of the document", kind: "choice", options: [
      ["refused", "Are refused"],
      ["served", "Are served as well"],
    ] }),
    ask("upstream", { label: "Who answers", kind: "choice", options: [
      [NEW, "Another upstream, by its address"],
      ...upstreams.map(({ name }) => [name, name])
    ] }),
    ask("address", {
      label: "Address",
      needed: true,
      placeholder: "http://127.0.0.1:9001",
      help: `Scheme, host and port of the service; the path is the caller's.${demo ? " The demo's own service answers every path." : ""}`,
    }),
    ask("access", { label: "Who may call", kind: "choice", options: [
      ["jwt", "Whoever brings a good token"],
      ["api-key", "Whoever brings a consumer's API key"],
      ["either", "Either of them"],
      ["anonymous", "Everybody"],
    ] }),
    ask("issuer", { label: "Whose tokens", kind: "choice", options: [
      ["built-in", "Tokens of this server"],
      ...issuers.map(({ name }) => [name, name]),
      [NEW, "Those of another issuer, by its address"],
    ], set: (value) => going(() => { state.issuer = value; }) }),
    ask("iss", {
      label: "Issuer",
      needed: true,
      placeholder: "https://login.example",
      help: "Exactly as its tokens say it (iss). Its keys are found there by discovery.",
    }),
    ask("audience", {
      label: "Audience",
      needed: true,
      placeholder: "orders",
      help: `Whom the tokens must be for (aud). Tokens of this server are for ${defaults.audiences.join(" and ")}, unless their client `
        + "has audiences of its own (Clients, “Audience”).",
    }),
    ask("scopes", {
      label: "Scopes",
      placeholder: "orders:read",
      help: "What must have been granted, with spaces between. May stay empty.",
    }),
    ask("limit", { label: "Limit", placeholder: "100/min per consumer", help: "How often. May stay empty." }),
  ]);

  const proposals = {
    path: () => (state.name === "" ? "" : `/${state.name}`),
    audience: () => (state.issuer === "built-in" ? defaults.audiences[0] : null) ?? state.name,
  };
  // Path and audience go with what they are proposed from until they are chosen.
  function going(change) {
    const before = Object.entries(proposals).map(([name, proposal]) => [name, proposal()]);
    change();
    for (const [name, proposed] of before) {
      const next = proposals[name]();
      if (next === proposed || (state[name] !== "" && state[name] !== proposed)) continue;
      state[name] = next;
      asked.get(name).show();
    }
  }
  const wantsToken = () => state.access === "jwt" || state.access === "either";
  const hidden = {
    others: () => state.routes === null,
    address: () => state.upstream !== NEW,
    issuer: () => !wantsToken(),
    iss: () => !wantsToken() || state.issuer !== NEW,
    audience: () => !wantsToken(),
    scopes: () => !wantsToken(),
  };
  const visible = (one) => { const [name] = [...asked].find(([, other]) => other === one); return !hidden[name]?.(); };

  const issuerName = () => (state.issuer === NEW ? hostName(state.iss) : state.issuer);
  function accessWith(scopes) {
    const jwt = { jwt: {
      ...state.api.jwt,
      issuer: [issuerName()],
      audience: [state.audience],
      ...(scopes.length > 0 ? { scopes } : {})
    } };
    return { jwt, "api-key": "api-key", either: { any: [jwt, "api-key"] }, anonymous: "anonymous" }[state.access];
  }
  // Those of an OpenAPI document, which go with the answers; others stand as they are in the file.
  function routesOfDocument() {
    const own = scopesOf(state);
    return Object.fromEntries(state.routes.map(([name, { path, methods, scopes }]) => [name, {
      path,
      methods,
      ...(state.others === "refused" || (scopes.length > 0 && wantsToken())
        ? { access: accessWith([...new Set([...own, ...scopes])]) } : {}),
    }]));
  }
  function documentOf() {
    const name = state.name || "name";
    const limit = state.limit ? { limit: state.limit.split(/\s*,\s*/) } : {};
    const isClosed = state.routes !== null && state.others === "refused";
    return {
      ...(wantsToken() && state.issuer === NEW ? { issuers: {
        [issuerName()]: { issuer: state.iss, keys: "discovery" }
      } } : {}),
      ...(state.upstream === NEW ? { upstreams: { [name]: {
        endpoints: [{ url: state.address }],
        ...state.endpoints
      } } } : {}),
      apis: { [name]: {
        path: state.path,
        upstream: state.upstream === NEW ? name : state.upstream,
        ...(isClosed ? {} : { access: accessWith(scopesOf(state)) }),
        ...limit,
        ...state.api.rest,
        ...(state.routes === null ? {} : { routes: routesOfDocument() }),
      } },
    };
  }
  function takeOpenAPI(read, routes) {
    Object.assign(state, {
      name: read.name, path: `/${read.name}`, upstream: NEW, address: read.address, routes, others: "refused",
      ...(read.wantsToken && state.access !== "either" ? { access: "jwt" } : {}),
      ...(read.issuer ? { issuer: NEW, iss: read.issuer } : {}),
      // What the service has before its own paths stands in the place of the API's.
      api: { rest: read.basePath === `/${read.name}` ? {}
        : read.basePath === "" ? { "strip-path": true } : { "upstream-path": read.basePath } },
    });
    state.audience = proposals.audience();
    for (const one of asked.values()) one.show();
    asked.get("name").control.dispatchEvent(new Event("input"));
    asked.get("name").control.focus();
  }
  const node = journey({
    questions: [...asked.values()], documentOf, visible, label: "Protect it", note: "Protect an API",
    take: (document) => takeDocument(document, state, routesOfDocument),
    finish: async (done, change, document) => {
      const line = await callLineBox(document.apis[state.name]);
      done.show(element("div", { class: "notice good", role: "status" },
        element(
          "p",
          {},
          element("b", {}, `${state.name} is protected.`),
          ` The gateway serves it already, at ${state.path} (revision ${change.revision}).`,
        )),
      line,
      element(
        "div",
        { class: "row" },
        state.access === "anonymous" ? null : go("Let somebody in", "#/let-in", true),
        link("To the API", `#/apis/${state.name}`, { class: "button" }),
      ));
    },
  });
  return page({ title: "Protect an API", intro: "A few answers, or the same few lines as a file." }, openAPIBox(takeOpenAPI), node);
}

const scopesOf = (state) => (state.scopes ? state.scopes.split(/\s+/) : []);
const hostName = (address) => { try {
  return new URL(address).hostname.replaceAll(".", "-").toLowerCase();
} catch { return "another"; } };
const one = (document, plural) => {
  const entries = Object.entries(document[plural] ?? {});
  if (entries.length > 1) throw new Error(`One of ${plural} at a time: a document with several goes to As code.`);
  return entries[0];
};
const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

// Further members of the API, of its rule for tokens and of the upstream are kept beside the answers.
function takeDocument(document, state, routesNow) {
  const strange = Object.keys(document).find((name) => !["issuers", "upstreams", "apis"].includes(name));
  if (strange) throw new Error(`This page makes an API, its upstream and its issuer; ${strange} go to As code.`);
  const [name, api] = one(document, "apis") ?? [];
  if (!isObject(api)) throw new Error("An API belongs here: apis, its name, and what it says.");
  const upstream = one(document, "upstreams");
  const issuer = one(document, "issuers");
  const { path, upstream: answers, access: own, limit, ...rest } = api;
  const isClosed = state.routes !== null && own === undefined;
  const access = isClosed ? Object.values(rest.routes ?? {})[0]?.access : own;
  const choices = isObject(access) && Array.isArray(access.any) ? access.any : [access];
  const jwt = choices.find((choice) => isObject(choice) && choice.jwt)?.jwt;
  const hasKey = choices.some((choice) => choice === "api-key" || (
    isObject(choice) && choice["api-key"] !== undefined
  ));
  if (!jwt && !hasKey && access !== "anonymous") throw new Error(
    "Say who may call: access with jwt, api-key or anonymous. Other ways go to the form of an API."
  );
  const { issuer: issuers, audience, scopes, ...more } = jwt ?? {};
  if (list(issuers).length > 1 || list(audience).length > 1) throw new Error(
    "This page asks for one issuer and one audience; several go to the form of an API."
  );
  const value = upstream?.[1];
  const { endpoints, ...settings } = isObject(value) ? value : { endpoints: value };
  const [endpoint] = list(endpoints);
  if (list(endpoints).length > 1) throw new Error(
    "This page asks for one endpoint; several go to the form of an upstream."
  );
  Object.assign(state, {
    name, path: path ?? "", upstream: upstream
      ? NEW
      : answers ?? NEW, address: (isObject(endpoint) ? endpoint.url : endpoint) ?? "",
    access: jwt
      ? (hasKey ? "either" : "jwt")
      : hasKey ? "api-key" : "anonymous", issuer: issuer ? NEW : list(issuers)[0] ?? "built-in", iss: issuer?.[1]?.issuer ?? state.iss,
    audience: list(audience)[0] ?? "", scopes: isClosed ? state.scopes : list(scopes).join(" "), limit: list(limit).join(", "), api: {
      rest,
      jwt: more,
    }, endpoints: settings,
  });
  if (state.routes === null) return;
  state.others = isClosed ? "refused" : "served";
  // Routes that were changed in the file stand as they are from then on.
  if (writeYAML(routesNow()) === writeYAML(rest.routes ?? {})) delete state.api.rest.routes; else {
    if (isClosed) throw new Error("Routes that differ from the document's go to As code, where the API itself says nothing of access.");
    state.routes = null;
  }
}
