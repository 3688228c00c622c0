// A request to an API, tried from here: the server sends it to its own gateway and tells the answer. What is shown there is typed
// in, goes nowhere else, and is kept nowhere.

import { call } from "./api.js";
import { accessOf, callPath, shownAt } from "./call-line.js";
import { button, element, link, put, working } from "./dom.js";
import { table } from "./list.js";
import { outcome } from "./problem.js";
import { question } from "./journey.js";
import { hostOf, shownCredential } from "./shown-credential.js";
import { openInStudio } from "./token-text.js";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

export function trial(api) {
  const shown = shownCredential(shownAt(accessOf(api)));
  const state = { method: api.methods?.[0] ?? "GET", path: callPath(api), body: "" };
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
    body: ask("body", { label: "Body", help: "As text; JSON is sent as JSON." }),
  };
  const refresh = () => {
    for (const one of Object.values(questions)) one.answer();
    questions.body.node.hidden = ["GET", "HEAD"].includes(state.method);
  };
  for (const one of Object.values(questions)) { one.show(); one.control.addEventListener("input", refresh); }
  refresh();
  const send = working("Send", async () => {
    done.clear();
    const { body } = await call("POST", "/try", { data: requestOf(state, api, shown.headers()) });
    done.show(answerBox(body, shown.token()));
  }, (problem) => done.fail(problem), { class: "primary" });
  return element("div", { class: "trial" }, questions.method.node, questions.path.node, shown.nodes, questions.body.node,
    element("div", { class: "row" }, send), done.node);
}

function requestOf(state, api, headers) {
  const withBody = state.body !== "" && !["GET", "HEAD"].includes(state.method);
  if (withBody) headers["content-type"] = isJSON(state.body) ? "application/json" : "text/plain";
  const host = hostOf(api);
  return {
    method: state.method,
    path: state.path,
    ...(host ? { host } : {}),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(withBody ? { body: state.body } : {}),
  };
}

const isJSON = (text) => { try { JSON.parse(text); return true; } catch { return false; } };

function answerBox(answer, token) {
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
      token === null ? null : button("Look at the token in the Studio", () => openInStudio(token)),
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
