// "Why does it not verify?": lets the judge list the usual mistakes, tries them with WebCrypto a batch at a time, and shows
// the judge's report with its repair. Which attempts there are, and what they mean, is the judge's to say.

import { byId, element } from "./dom.js";
import { fromBase64URL, schemes } from "./signature.js";
import { language, t } from "./texts.js";

const batchSize = 64;
// Tried without being asked: the likeliest stand in front.
const firstAttempts = 64;
const checks = ["form", "header", "algorithm", "key", "signature"];

let bench;
let turn = 0;
// What the panel is about: { question, text } of the bench as it was asked.
let subject = null;
// { phase: "idle" | "trying" | "done" | "repaired", total, tried, report, repair, before }
let state = null;
let spoken = "";

const patience = 200;

export function start(shared) {
  bench = shared;
  bench.onUpdate(follow);
  addEventListener("pagehide", forget);
}

const questionNow = () => ({ token: bench.seen.token, key: bench.keyQuestion });
const sameQuestion = (one, other) => one.token === other.token && one.key.text === other.key.text && one.key.form === other.key.form;

// Whether a key or a signature is what the token fails at.
function applies() {
  const { seen, key, judgement } = bench;
  if (!seen.token || key.kind === "none" || judgement.code === "token-encrypted" || seen.token.split(".").length === 5) return false;
  if (key.kind === "unusable") return true;
  const failed = judgement.steps.find(({ outcome }) => outcome === "failed");
  return judgement.verdict === "refused" && checks.includes(failed?.check);
}

function forget() {
  turn += 1;
  subject = null;
  state = null;
}

function follow() {
  const question = questionNow();
  const isSame = subject !== null && sameQuestion(subject, question);
  if (isSame && state?.phase === "repaired") { if (spoken !== language) draw(); return; }
  if (!applies()) { forget(); draw(); return; }
  if (isSame && spoken === language) return;
  if (isSame && state) { draw(); return; }
  forget();
  subject = question;
  state = { phase: "idle", total: 0, tried: 0 };
  // Somebody who is still typing is not asking yet.
  const mine = turn;
  setTimeout(() => { if (mine === turn) attempt(firstAttempts); }, patience);
}

// Attempts

// Tries up to a number of attempts, from where it stopped; at the end, or when one holds, asks for the report.
async function attempt(until) {
  const mine = turn;
  const keys = new Map();
  state = { ...state, phase: "trying" };
  const isFirst = until === firstAttempts;
  if (!isFirst) draw();
  let unable = state.unable ?? 0;
  let from = state.next ?? 0;
  try {
    for (;;) {
      const batch = bench.judge.ask("diagnose", { ...subject, from, limit: batchSize });
      const texts = new Map(batch.texts.map(({ index, input, signature }) =>
        [index, { input: fromBase64URL(input), signature: fromBase64URL(signature) }]));
      const forms = new Map(batch.keys.map((key) => [key.index, key]));
      const answers = await Promise.all(batch.attempts.map((one) => holds(one, forms, texts, keys)));
      if (mine !== turn) return;
      unable += answers.filter((answer) => answer === null).length;
      const place = answers.findIndex(Boolean);
      if (place >= 0) {
        finish({ found: batch.attempts[place].number, match: answers[place] }, batch.attempts[place].number + 1, unable);
        return;
      }
      from = batch.next;
      state = { ...state, total: batch.total, tried: Math.min(from, batch.total), next: from, unable };
      if (from >= batch.total) { finish({}, batch.total, unable); return; }
      if (isFirst && from >= until) break;
      drawProgress();
      await pause();
      if (mine !== turn) return;
    }
  } catch {
    if (mine !== turn) return;
    state = { ...state, problem: globalThis.crypto?.subtle ? t("judge.stopped") : t("webcrypto.plain-http") };
  }
  state = { ...state, phase: "idle" };
  draw();
}

// "whole", "prefix", false, or null where the browser cannot say.
async function holds({ key, text, algorithm, hash, short }, forms, texts, keys) {
  const scheme = schemes.get(algorithm);
  if (!scheme) return null;
  const name = `${key}/${algorithm}/${short ? "sign" : "verify"}`;
  if (!keys.has(name)) {
    const { format, data, jwk } = forms.get(key);
    keys.set(name, crypto.subtle.importKey(format, jwk ?? fromBase64URL(data), scheme.key, false, [short ? "sign" : "verify"])
      .catch((error) => (error.name === "NotSupportedError" ? null : false)));
  }
  const imported = await keys.get(name);
  if (!imported) return imported;
  const { input, signature } = texts.get(text);
  try {
    if (short) {
      const mac = new Uint8Array(await crypto.subtle.sign(scheme.verify, imported, input));
      return signature.every((byte, place) => byte === mac[place]) && "prefix";
    }
    return await crypto.subtle.verify(hash ? { ...scheme.verify, hash } : scheme.verify, imported, signature, input) && "whole";
  } catch {
    return false;
  }
}

// Lets the page draw and answer in between.
const pause = () => new Promise((done) => { setTimeout(done); });

function finish(found, tried, unable) {
  const report = bench.judge.ask("diagnosis", { ...subject, ...found });
  state = { phase: "done", report, tried, unable: report.outcome === "unexplained" ? unable : 0 };
  draw();
}

// Repair

async function repair({ token, key, steps }) {
  const before = { token: byId("token").value, key: byId("key").value, "key-form": byId("key-form").value };
  const values = {};
  if (token !== undefined) values.token = token;
  if (key !== undefined) { values.key = key.text; values["key-form"] = key.form; }
  forget();
  state = { phase: "repaired", steps, before };
  // What the bench will ask once this is filled in.
  subject = { token: token ?? bench.seen.token, key: { text: key?.text ?? before.key, form: key?.form ?? before["key-form"] } };
  await bench.fill(values, "diagnosis");
  draw();
  byId("diagnosis-undo")?.focus();
}

function undo() {
  const { before } = state;
  forget();
  bench.fill(before, "diagnosis");
}

// Drawing

function action(label, press, attributes = {}) {
  const node = element("button", { type: "button", ...attributes }, label);
  node.addEventListener("click", press);
  return node;
}

function draw() {
  spoken = language;
  const panel = byId("diagnosis-panel");
  panel.hidden = state === null;
  if (state === null) { panel.replaceChildren(); return; }
  panel.setAttribute("aria-labelledby", "diagnosis-title");
  panel.replaceChildren(
    element("div", { class: "panel-head" }, element("h2", { id: "diagnosis-title" }, t("diagnosis.title"))),
    ...parts());
}

function parts() {
  switch (state.phase) {
    case "idle": return [
      element("p", { class: "diagnosis-lead" }, state.problem ?? t("diagnosis.lead", { tried: state.tried })),
      action(t("diagnosis.try", { count: state.total - state.tried }), () => attempt(Infinity), { class: "diagnosis-act primary" })];
    case "trying": return [
      element("p", { class: "diagnosis-lead", id: "diagnosis-count" }, count()),
      element("progress", { id: "diagnosis-progress", max: state.total || 1, value: state.tried, "aria-label": t("diagnosis.progress") }),
      action(t("diagnosis.cancel"), () => { turn += 1; state = { ...state, phase: "idle" }; draw(); }, { class: "diagnosis-act" })];
    case "repaired": return [
      element("p", { class: "diagnosis-lead", role: "status" }, t("diagnosis.repaired")),
      element("ul", { class: "diagnosis-steps" }, state.steps.map((step) => element("li", {}, stepText(step)))),
      action(t("diagnosis.undo"), undo, { class: "diagnosis-act", id: "diagnosis-undo" })];
    default: return report(state.report);
  }
}

const count = () => t("diagnosis.count", { tried: state.tried, total: state.total });
const stepText = ({ do: what, form, algorithm }) =>
  t(`diagnosis.repair.${what}`, { form: form ? t(`diagnosis.form.${form}`) : "", algorithm: algorithm ?? "" });

function drawProgress() {
  const bar = byId("diagnosis-progress");
  if (!bar) return;
  bar.max = state.total || 1;
  bar.value = state.tried;
  byId("diagnosis-count").textContent = count();
}

// report: { outcome, mistakes, text, advice, attempts, refusal?, findings?, repair? }
function report({ outcome, mistakes, text, advice, refusal, findings = [], repair: mend }) {
  const drawn = [
    element("div", { class: "diagnosis-report", "data-outcome": outcome, "data-refused": refusal ? "true" : null, role: "status" },
      element("p", { class: "diagnosis-text" }, text),
      advice ? element("p", { class: "diagnosis-advice" }, advice) : null),
  ];
  if (mend) {
    const only = mend.steps.length === 1 ? stepText(mend.steps[0]) : null;
    if (!only) drawn.push(element("ul", { class: "diagnosis-steps" }, mend.steps.map((step) => element("li", {}, stepText(step)))));
    drawn.push(action(only ?? t("diagnosis.repair"), () => repair(mend), { class: "diagnosis-act primary" }));
  }
  if (findings.length > 0) {
    drawn.push(element("ul", { class: "findings" }, findings.map(({ severity: level, code, text: found, advice: todo }) =>
      element("li", { "data-level": level, "data-code": code }, found, todo ? element("span", { class: "advice" }, ` ${todo}`) : null))));
  }
  drawn.push(element("p", { class: "diagnosis-foot" },
    mistakes.map((code) => element("code", {}, code)),
    element("span", {}, t(state.tried === 1 ? "diagnosis.tried.one" : "diagnosis.tried", { count: state.tried })),
    state.unable ? element("span", {}, t("diagnosis.unable", { count: state.unable })) : null));
  return drawn;
}
