// A question to a language model through the gateway, as a caller would ask it; the words appear as they come.

import { allOf, events, pageOf } from "./api.js";
import { accessOf, clientLinesBox, shownAt } from "./call-line.js";
import { answerOf } from "./chat-answer.js";
import { announce, button, element, link, put, replace, working } from "./dom.js";
import { question } from "./journey.js";
import { money } from "./money.js";
import { facts, go, page, section } from "./page.js";
import { outcome } from "./problem.js";
import { hostOf, shownCredential } from "./shown-credential.js";
import { wordsOfCount } from "./traffic.js";

export async function playground(wanted) {
  const [apis, models] = await Promise.all([allOf("/apis"), allOf("/models")]);
  const offering = apis.filter(({ value }) => value.models !== undefined && value.models !== false);
  const intro = "A language model, asked through the gateway as a caller would: what it costs is in the ledger.";
  if (offering.length === 0 || models.length === 0) return page({ title: "Playground", intro }, element(
    "div",
    { class: "notice" },
    element("p", {}, element("b", {}, models.length === 0 ? "There is no model yet." : "No API offers models yet."), " Add one, and ask it here."),
    go("Add a model", "#/add-model", true),
  ));
  const state = { api: offering.find(({ value }) => offers(value, wanted))?.name ?? offering[0].name, model: wanted ?? "" };
  const place = element("div", { class: "trial" });
  const which = question({
    label: "API", kind: "choice", options: offering.map(({ name, value }) => [name, `${name}, at ${value.path}`]),
    get: () => state.api, set: (value) => { state.api = value; },
  });
  let stop = () => {};
  const draw = () => {
    stop();
    const { value } = offering.find(({ name }) => name === state.api);
    const names = models.map(({ name }) => name).filter((name) => offers(value, name));
    const made = names.length === 0
      ? { node: element("p", { class: "empty" }, "None of the models that there are is offered by it."), stop: () => {} }
      : conversation(value, names, names.includes(wanted) ? wanted : names[0]);
    stop = made.stop;
    replace(place, made.node);
  };
  which.show();
  which.control.addEventListener("input", () => { which.answer(); draw(); });
  draw();
  return page({ title: "Playground", intro }, section("Ask", element("div", { class: "trial" }, which.node, place)));
}

const offers = (api, model) => model === undefined || api.models === true || (Array.isArray(api.models) && api.models.includes(model));

function conversation(api, models, first) {
  const state = { model: first, system: "", text: "", most: "500" };
  const shown = shownCredential(shownAt(accessOf(api)));
  const answer = element("div", { class: "found" });
  const done = outcome();
  const ask = (name, options) => question({ get: () => state[name], set: (value) => { state[name] = value; }, ...options });
  const questions = {
    model: ask("model", { label: "Model", kind: "choice", options: models.map((name) => [name, name]) }),
    system: ask("system", { label: "System text", kind: "lines", help: "How it should behave. May stay empty." }),
    text: ask("text", { label: "What you say", kind: "lines", needed: true }),
    most: ask("most", { label: "Tokens of the answer, at most", help: "May stay empty." }),
  };
  const { model, system, text, most } = questions;
  const lines = element("div");
  const drawLines = async () => replace(lines, await clientLinesBox(api, state.model));
  for (const one of Object.values(questions)) {
    one.show();
    one.control.addEventListener("input", () => { one.answer(); one.complain(""); });
  }
  model.control.addEventListener("input", () => drawLines().catch(() => {}));
  drawLines().catch(() => {});
  let under = null;
  const send = working("Ask it", async () => {
    done.clear();
    if (!isAskable(questions, state)) return;
    under = new AbortController();
    halt.hidden = false;
    answer.replaceChildren();
    try { await askOnce(requestOf(state, api, shown.headers()), answer, under); } finally { halt.hidden = true; under = null; }
  }, (problem) => done.fail(problem), { class: "primary" });
  const halt = button("Stop", () => { under?.abort(); send.focus(); }, { hidden: true });
  const node = [
    model.node, shown.nodes, text.node,
    element("details", { class: "more" }, element("summary", {}, "More settings"), element("div", { class: "trial" }, system.node, most.node)),
    element("div", { class: "row" }, send, halt), done.node, answer,
    element("details", { class: "more" }, element("summary", {}, "The same from a program"), lines),
  ];
  return { node, stop: () => under?.abort() };
}

function isAskable({ text, most }, state) {
  text.complain(state.text === "" ? "Say something." : "");
  most.complain(state.most === "" || /^[1-9][0-9]{0,6}$/.test(state.most) ? "" : "A whole number belongs here.");
  const wrong = [text, most].find((one) => one.control.getAttribute("aria-invalid") === "true");
  if (!wrong) return true;
  wrong.node.closest("details")?.setAttribute("open", "");
  wrong.control.focus();
  return false;
}

function requestOf(state, api, headers) {
  const host = hostOf(api);
  return {
    method: "POST",
    path: `${api.path.replace(/\/$/, "")}/v1/chat/completions`,
    ...(host ? { host } : {}),
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({
      model: state.model,
      messages: [
        ...(state.system ? [{ role: "system", content: state.system }] : []),
        { role: "user", content: state.text },
      ],
      ...(state.most ? { max_tokens: Number(state.most) } : {}),
      stream: true,
      stream_options: { include_usage: true },
    }),
  };
}

// The box is there at once; the words fill it, and what it took stands below them at the end.
async function askOnce(request, place, stop) {
  const { signal } = stop;
  // Whoever goes to another page waits for no answer.
  const leave = () => stop.abort();
  addEventListener("hashchange", leave, { signal, once: true });
  const words = element("div", { class: "words", tabindex: "0", role: "group", "aria-label": "What it says" });
  const status = element("p", { role: "status", class: "help" }, "Waiting for the first word…");
  const box = element("section", { class: "answer", "aria-label": "The answer" }, status, words);
  replace(place, box);
  const begun = performance.now();
  let firstWord = null;
  const read = answerOf((piece) => {
    if (firstWord === null) { firstWord = performance.now() - begun; status.textContent = "It speaks…"; }
    words.append(piece);
  });
  let end = null;
  let ended = begun;
  let failure = null;
  try {
    await events("/try-stream", (data, event) => {
      if (event === "head") read.head(data);
      else if (event === "part") read.part(data.text);
      else if (event === "end") { end = data; ended = performance.now(); }
      else if (event === "failed") failure = data.detail;
    }, signal, request);
    if (end === null) failure ??= "The stream ended before the answer did.";
    if (end?.is_cut) failure ??= "The answer goes on: only its beginning is told.";
  } catch (problem) {
    if (!signal.aborted) { place.replaceChildren(); throw problem; }
  }
  const result = read.result();
  const refusal = sentence(result.error ?? failure);
  status.className = "";
  replace(status, badge(result, refusal, signal.aborted), " ", signal.aborted
    ? "Stopped here. What was said until then is paid for."
    : refusal ?? (result.reason === "length" ? "It had more to say, but was let no further." : ""));
  if (words.textContent === "") words.remove();
  const known = [
    ["First word after", firstWord === null ? null : `${Math.round(firstWord)} ms`],
    ["All of it after", end ? `${wordsOfCount(Math.round(ended - begun))} ms` : null],
    ["Answered by", result.by],
    ["Tokens in", result.usage ? wordsOfCount(result.usage.prompt_tokens) : null],
    ["Tokens out", result.usage ? wordsOfCount(result.usage.completion_tokens) : null],
  ];
  const told = element("div", {}, facts(known));
  put(box, told, result.trace && (refusal || result.status >= 400)
    ? element("div", { class: "row" }, link("Why, step by step", `#/explanations/${result.trace}`, { class: "button" }))
    : null);
  announce(refusal ? "It failed." : signal.aborted ? "Stopped." : "The answer is there.");
  // Nobody waits for it: the next question may be asked before the ledger has this one.
  if (result.trace && result.by) costOf(result.trace, told).then((cost) => replace(told, facts([...known, ...cost])));
}

const sentence = (text) => (text ? text.charAt(0).toUpperCase() + text.slice(1) : null);

function badge(result, refusal, isStopped) {
  const tone = isStopped || (result.status >= 400 && result.status < 500) ? "careful" : refusal ? "bad" : "good";
  return element("span", { class: "badge", "data-tone": tone }, isStopped ? "stopped" : String(result.status ?? "none"));
}

// From the ledger, which has it a moment later.
async function costOf(trace, place) {
  for (const wait of [200, 400, 800, 1_600, 3_200]) {
    await new Promise((done) => { setTimeout(done, wait); });
    if (!place.isConnected) return [];
    const { rows } = await pageOf("/spending", { trace, limit: 10 }).catch(() => ({ rows: [] }));
    if (rows.length > 0) return rows.map((row) => ["Cost", [money(row.cost, row.currency), " (", link("spending", "#/spending"), ")"]]);
  }
  return [];
}
