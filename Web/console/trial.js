// A request to an API, tried from here: the server sends it to its own gateway and tells the answer. What is shown there is typed
// in, goes nowhere else, and is kept nowhere.

import { call } from "./api.js";
import { callPath, shownAt } from "./call-line.js";
import { button, element, link, put, working } from "./dom.js";
import { table } from "./list.js";
import { outcome } from "./problem.js";
import { question } from "./journey.js";
import { openInStudio } from "./token-text.js";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

export function trial(api) {
  const shown = shownAt(api.access);
  const state = { method: api.methods?.[0] ?? "GET", path: callPath(api), what: shown.what, secret: "", body: "" };
  const done = outcome();
  const ask = (name, options) => question({
    get: () => state[name],
    set: (value) => { state[name] = value; },
    ...options,
  });
  const questions = {
    method: ask("method", {
      label: "Method",
      kind: "choice",
      options: (api.methods?.length ? api.methods : methods).map((one) => [one, one]),
    }),
    path: ask("path", { label: "Path and query", needed: true }),
    what: ask("what", { label: "What is shown", kind: "choice", options: [
      ["nothing", "Nothing"],
      ["token", "A token"],
      ["key", `An API key, in ${shown.field}`],
      ["password", "A name and a password"],
    ] }),
    secret: ask("secret", { label: "The secret itself", help: "It goes to the gateway, and is kept nowhere." }),
    body: ask("body", { label: "Body", help: "As text; JSON is sent as JSON." }),
  };
  questions.secret.control.type = "password";
  questions.secret.control.autocomplete = "off";
  const label = questions.secret.node.querySelector("label");
  const refresh = () => {
    for (const one of Object.values(questions)) one.answer();
    questions.secret.node.hidden = state.what === "nothing";
    label.textContent = { token: "Token", key: "API key", password: "Name:password" }[state.what] ?? "";
    questions.body.node.hidden = ["GET", "HEAD"].includes(state.method);
  };
  for (const one of Object.values(questions)) { one.show(); one.control.addEventListener("input", refresh); }
  refresh();
  const send = working("Send", async () => {
    done.clear();
    const { body } = await call("POST", "/try", { data: requestOf(state, api, shown) });
    done.show(answerBox(body, state));
  }, (problem) => done.fail(problem), { class: "primary" });
  return element("div", { class: "trial" }, Object.values(questions).map(({ node }) => node),
    element("div", { class: "row" }, send), done.node);
}

function requestOf(state, api, shown) {
  const headers = {};
  if (state.secret !== "") {
    if (state.what === "token") headers.authorization = `Bearer ${state.secret}`;
    if (state.what === "key") headers[shown.field.toLowerCase()] = state.secret;
    if (state.what === "password") headers.authorization = `Basic ${base64(state.secret)}`;
  }
  const withBody = state.body !== "" && !["GET", "HEAD"].includes(state.method);
  if (withBody) headers["content-type"] = isJSON(state.body) ? "application/json" : "text/plain";
  const host = api.hosts?.find((name) => !name.startsWith("*"));
  return {
    method: state.method,
    path: state.path,
    ...(host ? { host } : {}),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(withBody ? { body: state.body } : {}),
  };
}

// Of its bytes in UTF-8 (RFC 7617): btoa alone throws at what is not Latin-1.
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const isJSON = (text) => { try { JSON.parse(text); return true; } catch { return false; } };

function answerBox(answer, state) {
  const tone = answer.status < 400 ? "good" : answer.status < 500 ? "careful" : "bad";
  const body = pretty(answer.body);
  const trace = traceOf(answer.body);
  const box = element("section", { class: "answer", "aria-label": "The answer" }, element(
    "p",
    { role: "status" },
    element("span", { class: "badge", "data-tone": tone }, String(answer.status)),
    ` after ${answer.milliseconds} ms`,
  ));
  put(
    box,
    answer.body === "" ? element("p", { class: "empty" }, "The answer has no body.") : element(
      "pre",
      { tabindex: "0", "aria-label": "The body" },
      answer.base64url ? `${answer.body}\n\n(no text: this is base64url)` : body,
    ),
    answer.cut ? element("p", { class: "help" }, "The body goes on: only its beginning is shown.") : null,
    element("details", { class: "more" }, element("summary", {}, `${answer.headers.length} header fields`), table(
      "Header fields",
      ["Name", "Value"],
      answer.headers.map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
    )),
    element(
      "div",
      { class: "row" },
      trace ? link("Why, step by step", `#/explanations/${trace}`, { class: "button" }) : null,
      state.what === "token" && state.secret !== ""
        ? button("Look at the token in the Studio", () => openInStudio(state.secret))
        : null,
    ),
  );
  return box;
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

function traceOf(text) {
  try {
    const { trace } = JSON.parse(text);
    return /^[0-9a-f]{32}$/.test(trace) ? trace : null;
  } catch { return null; }
}
