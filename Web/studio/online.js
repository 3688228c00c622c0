// The online page: keys that are published at an address, fetched by this server; and what the gateway's routes would say to the
// token. Nothing is asked before a button is pressed that says who will be asked.

import { button, byId, element, setText } from "./dom.js";
import { t, translate } from "./texts.js";
import { step } from "./verdict.js";

let bench = null;
let visitor = null;

export function start(onBench) {
  bench = onBench;
  byId("online-keys").append(...keysPanel());
  byId("online-keys").hidden = false;
  byId("online-routes").append(...routesPanel());
  byId("online-routes").hidden = false;
  translate(byId("online-keys"));
  translate(byId("online-routes"));
  bench.onUpdate(draw);
  draw();
  findVisitor();
  // Somebody who signed in at another tab comes back to this one.
  addEventListener("focus", findVisitor);
}

// Keys by address

function keysPanel() {
  const issuer = element("input", { type: "radio", name: "online-by", id: "online-by-issuer", value: "issuer", checked: true });
  const address = element("input", { type: "radio", name: "online-by", id: "online-by-address", value: "address" });
  const place = element("input", { id: "online-place", maxlength: "2048", spellcheck: "false", autocapitalize: "off", autocomplete: "off", placeholder: "https://login.example", "aria-describedby": "online-asked" });
  for (const node of [issuer, address]) node.addEventListener("change", draw);
  place.addEventListener("input", draw);
  place.addEventListener("keydown", ({ key }) => { if (key === "Enter" && !byId("online-fetch").disabled) fetchKeys(); });
  return [
    element("h3", { "data-t": "online.keys.title" }),
    element("fieldset", { class: "online-by" },
      element("legend", { class: "unseen", "data-t": "online.by" }),
      element("label", { class: "inline" }, issuer, element("span", { "data-t": "online.by.issuer" })),
      element("label", { class: "inline" }, address, element("span", { "data-t": "online.by.address" }))),
    element("div", { class: "online-row" },
      element("label", { class: "unseen", for: "online-place", "data-t": "online.place" }), place,
      button("", fetchKeys, { id: "online-fetch", class: "primary", "data-t": "online.fetch" })),
    element("p", { class: "field-note", id: "online-asked" }),
    element("p", { class: "field-note", id: "online-came", role: "status" }),
  ];
}

const isByIssuer = () => byId("online-by-issuer").checked;

// The issuer that the token names is what most people want to ask.
function suggested() {
  const named = (bench.seen.claims.members ?? []).find(({ name }) => name === "iss");
  try { return named ? JSON.parse(named.valueText) : ""; } catch { return ""; }
}

function place() {
  const typed = byId("online-place").value.trim();
  return typed || (isByIssuer() ? String(suggested()) : "");
}

function draw() {
  const suggestion = isByIssuer() ? String(suggested()) : "";
  byId("online-place").placeholder = suggestion || (isByIssuer() ? "https://login.example" : "https://login.example/jwks.json");
  const host = hostOf(place());
  byId("online-fetch").disabled = host === null;
  setText(byId("online-asked"), host === null ? t("online.asked.none") : t(isByIssuer() ? "online.asked.issuer" : "online.asked.address", { host }));
  drawAsk();
}

function hostOf(text) {
  try {
    const url = new URL(text);
    return ["https:", "http:"].includes(url.protocol) && url.host ? url.host : null;
  } catch {
    return null;
  }
}

async function fetchKeys() {
  const asked = place();
  const said = byId("online-came");
  byId("online-fetch").disabled = true;
  said.dataset.level = "note";
  said.textContent = t("online.waiting", { host: hostOf(asked) });
  const answer = await post("/online/keys", isByIssuer() ? { issuer: asked } : { address: asked });
  byId("online-fetch").disabled = false;
  if (answer.problem) {
    said.dataset.level = "danger";
    said.textContent = answer.problem;
    return;
  }
  const text = JSON.stringify({ keys: answer.keys }, null, 2);
  bench.fetched = { text, origin: { address: answer.address, ...(answer.issuer ? { issuer: answer.issuer } : {}) } };
  said.textContent = t("online.came", { count: answer.keys.length, address: answer.address });
  await bench.fill({ key: text, "key-form": "auto", ...(answer.issuer && !byId("issuer").value ? { issuer: answer.issuer } : {}) });
}

// Routes

function routesPanel() {
  return [
    element("div", { class: "panel-head" }, element("h2", { id: "routes-title", "data-t": "online.routes.title" })),
    element("p", { class: "field-note", id: "routes-who", role: "status" }),
    element("div", { class: "online-row" },
      button("", askRoutes, { id: "routes-ask", class: "primary", "data-t": "online.routes.ask" }),
      element("a", { href: "/online/sign-in", target: "_blank", id: "routes-sign-in", "data-t": "online.sign-in", hidden: true })),
    element("ul", { class: "parts", id: "routes-list" }),
  ];
}

async function findVisitor() {
  visitor = await get("/online/visitor");
  drawAsk();
}

function drawAsk() {
  const mayAsk = visitor?.isAdmin === true;
  byId("routes-ask").hidden = !mayAsk;
  byId("routes-ask").disabled = !bench.seen.token;
  byId("routes-sign-in").hidden = visitor === null || visitor.problem !== undefined || visitor.name !== undefined;
  const key = visitor === null ? "online.who.unknown" : visitor.problem ? null : !visitor.name ? "online.who.nobody" : mayAsk ? "online.who.admin" : "online.who.other";
  setText(byId("routes-who"), key === null ? visitor.problem : t(key, { name: visitor?.name ?? "" }));
}

async function askRoutes() {
  const list = byId("routes-list");
  const answer = await post("/online/routes", { token: bench.seen.token });
  if (answer.problem) {
    list.replaceChildren(element("li", {}, answer.problem));
    await findVisitor();
    return;
  }
  list.replaceChildren(...(answer.routes.length > 0 ? answer.routes.map(route) : [element("li", {}, t("online.routes.none"))]));
}

const marks = new Map([["passed", "✓"], ["failed", "✕"], ["unknown", "?"]]);

function route({ route: name, path, methods, asks, passes, code, steps }) {
  const failed = steps.find(({ outcome }) => outcome === "failed");
  const state = !asks ? "unknown" : passes ? "passed" : "failed";
  const says = !asks ? t("online.route.open") : passes ? t("online.route.passes") : `${failed?.detail ?? code}.`;
  const summary = element("summary", {},
    element("span", { class: "tick", "aria-hidden": "true" }, marks.get(state)),
    element("span", { class: "name" }, name),
    element("span", { class: "state" }, t(asks ? (passes ? "online.route.yes" : "online.route.no") : "online.route.asks-nothing")),
    element("span", { class: "detail" }, element("code", {}, `${methods ? methods.join(", ") : "*"} ${path}`), " ", says));
  return element("li", { "data-state": state, "data-route": name }, element("details", {}, summary,
    element("ol", { class: "steps" }, steps.map(step))));
}

// This server's answers: what it sent as JSON, or { problem }.

const get = (path) => answered(path, {});
const post = (path, body) => answered(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

async function answered(path, options) {
  try {
    const response = await fetch(path, { ...options, credentials: "same-origin", cache: "no-store", redirect: "error" });
    const json = await response.json();
    return response.ok ? json : { problem: json.detail ?? json.title ?? t("online.no-answer") };
  } catch {
    return { problem: t("online.no-answer") };
  }
}
