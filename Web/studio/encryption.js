// Encrypted tokens (JWE): opens the one in the token box with the key in the key box, and makes new ones. The judge reads
// token and key and writes down the primitives; WebCrypto runs them; the judge says what came out.

import { byId, element } from "./dom.js";
import { drawDecoded } from "./decoded.js";
import { Primitives, Unable, knowsAES192, randomText } from "./primitives.js";
import { language, t } from "./texts.js";

const randomLength = 108;
const marks = new Map([["passed", "✓"], ["failed", "✕"], ["skipped", "–"]]);

let bench;
let turn = 0;
// The question whose answer is shown, so that nothing is done twice.
let shown = "";
// The question whose choices are offered.
let offered = "";
// The encrypted token that the one in the box came out of.
let outer = null;
let made = "";
// Whether a person chose what to encrypt; before that, it is the token if there is one.
let isChosen = false;

export function start(shared) {
  bench = shared;
  build();
  bench.onUpdate(follow);
  addEventListener("pagehide", () => {
    outer = null;
    byId("encrypt-text").value = "";
    forget();
  });
}

function forget() {
  made = "";
  shown = "";
  turn += 1;
}

async function follow() {
  if (outer && bench.seen.token !== outer.inside) outer = null;
  if (!bench.seen.token && !byId("key").value) forget();
  drawTexts();
  drawChoices();
  await open();
}

// Opening

async function open() {
  const question = { text: bench.encryptedText, key: bench.keyQuestion, compression: byId("encryption-compression").checked };
  const asked = JSON.stringify([question, language, bench.now]);
  if (asked === shown) return;
  shown = asked;
  const mine = ++turn;
  const plan = bench.judge.ask("decrypt", question);
  if (!plan.attempts) { draw(plan); return; }
  const answer = await opened(plan.attempts, question, plan, () => mine === turn);
  if (mine === turn) draw(answer);
}

async function opened(attempts, question, plan, isCurrent) {
  let unable = null;
  for (const [attempt, { run, content, aes192 }] of attempts.entries()) {
    if (!run) continue;
    if (aes192 && !await knowsAES192()) { unable = t("encryption.no-aes192"); continue; }
    const primitives = new Primitives();
    try {
      await primitives.run(run);
      if (!isCurrent()) return null;
      return bench.judge.ask("decrypt", { ...question, opened: { attempt, content: primitives.results([content])[content] } });
    } catch (error) {
      if (error instanceof Unable) unable = t("encryption.unable", { what: error.message });
    }
  }
  // One word for everything that may have gone wrong (RFC 7516 §11.5).
  return unable ? { ...plan, unable } : bench.judge.ask("decrypt", { ...question, failed: true });
}

function readInside(token) {
  outer = { inside: token, text: byId("token").value, key: bench.keyQuestion };
  bench.fill({ token }, "encryption");
}

function goBack() {
  const { text, key } = outer;
  outer = null;
  bench.fill({ token: text, key: key.text, "key-form": key.form }, "encryption");
}

// Making

async function encrypt() {
  const what = byId("encrypt-what").value;
  const content = { token: bench.seen.token, claims: bench.seen.claims.json ?? "", text: byId("encrypt-text").value }[what];
  const question = {
    key: bench.keyQuestion, what, content, algorithm: byId("encrypt-algorithm").value,
    encryption: byId("encrypt-encryption").value, random: randomText(randomLength),
  };
  if (isPassword()) question.iterations = Number(byId("encrypt-iterations").value) || 0;
  const primitives = new Primitives();
  let problem = "";
  made = "";
  byId("encrypt").disabled = true;
  try {
    let results = {};
    let answer = { done: 0 };
    while (!answer.token && !answer.problem) {
      answer = bench.judge.ask("encrypt", { ...question, done: answer.done, results });
      if (!answer.run) break;
      if (answer.aes192 && !await knowsAES192()) { answer = { problem: t("encryption.no-aes192") }; break; }
      await primitives.run(answer.run);
      results = { ...results, ...primitives.results(answer.want) };
    }
    made = answer.token ?? "";
    problem = answer.problem ?? "";
  } catch (error) {
    problem = error instanceof Unable ? t("encryption.unable", { what: error.message }) : t("encryption.failed");
  }
  byId("encrypt").disabled = false;
  drawMade(problem);
}

// Drawing

function action(id, press, attributes = {}) {
  const node = element("button", { type: "button", id, ...attributes });
  node.addEventListener("click", press);
  return node;
}

const labelled = (key, field, attributes = {}) =>
  element("div", attributes, element("label", { for: field.id, "data-text": key }), field);

function build() {
  const panel = byId("encryption-panel");
  panel.setAttribute("aria-labelledby", "encryption-title");
  const compression = element("input", { type: "checkbox", id: "encryption-compression" });
  compression.addEventListener("change", open);
  const what = element("select", { id: "encrypt-what" },
    ["token", "claims", "text"].map((value) => element("option", { value, "data-text": `encryption.what.${value}` })));
  what.addEventListener("change", () => { isChosen = true; drawWhat(); });
  const algorithm = element("select", { id: "encrypt-algorithm" });
  algorithm.addEventListener("change", drawEncryptions);
  panel.replaceChildren(
    element("div", { class: "panel-head" },
      element("h2", { id: "encryption-title", "data-text": "encryption.title" }),
      element("div", { class: "tools" }, action("encryption-back", goBack, { "data-text": "encryption.back" }))),
    element("div", { id: "encryption-opened" }),
    labelled("encryption.compression", compression, { class: "encryption-check", id: "encryption-compression-row" }),
    element("details", { id: "encrypt-section" },
      element("summary", { "data-text": "encryption.make" }),
      element("p", { class: "encryption-hint", id: "encrypt-hint" }),
      element("div", { class: "fields", id: "encrypt-fields" },
        labelled("encryption.what", what, { class: "wide" }),
        labelled("encryption.text", element("textarea", { class: "plain", id: "encrypt-text", rows: 3, spellcheck: "false", autocomplete: "off" }), { class: "wide", id: "encrypt-text-row" }),
        labelled("encryption.algorithm", algorithm),
        labelled("encryption.encryption", element("select", { id: "encrypt-encryption" })),
        labelled("encryption.iterations", element("input", { id: "encrypt-iterations", inputmode: "numeric", autocomplete: "off", value: "600000" }), { class: "wide", id: "encrypt-iterations-row" })),
      action("encrypt", encrypt, { class: "encryption-act primary", "data-text": "encryption.encrypt" }),
      element("div", { id: "encrypt-made", role: "status" })));
}

function drawTexts() {
  const panel = byId("encryption-panel");
  for (const node of panel.querySelectorAll("[data-text]")) {
    const text = t(node.dataset.text);
    if (node.textContent !== text) node.textContent = text;
  }
  byId("encryption-back").hidden = outer === null;
}

function draw(answer) {
  const place = byId("encryption-opened");
  const isEncrypted = answer.kind === "encrypted";
  byId("encryption-panel").dataset.state = isEncrypted ? stateOf(answer) : "none";
  byId("encryption-compression-row").hidden = !answer.isCompressed;
  if (!isEncrypted) { place.replaceChildren(element("p", { class: "encryption-hint" }, t("encryption.none"))); return; }
  place.replaceChildren(...[
    element("div", { class: "encryption-state", "data-state": stateOf(answer), role: "status" },
      element("strong", {}, t(`encryption.state.${stateOf(answer)}`)), " ", element("span", {}, why(answer))),
    answer.opened ? content(answer.opened) : null,
    answer.algorithm ? element("p", { class: "encryption-summary" }, summary(answer)) : null,
    answer.header && answer.form !== "compact" ? headerOf(answer.header) : null,
    answer.steps.length > 0 ? element("ol", { class: "steps" }, answer.steps.map(step)) : null,
  ].filter(Boolean));
}

function stateOf(answer) {
  if (answer.opened) return "opened";
  if (answer.refused) return "refused";
  return "locked";
}

function why(answer) {
  if (answer.opened) return t(answer.opened.kind === "token" ? "encryption.why.token" : "encryption.why.opened");
  if (answer.refused) return answer.detail;
  return answer.unable ?? answer.keyProblem ?? t("encryption.why.no-key");
}

function summary({ algorithm, encryption, form, recipients, guessedForm }) {
  const values = { algorithm, encryption, form: t(`encryption.form.${form}`), recipients };
  return t(recipients === 1 ? "encryption.summary" : "encryption.summary.many", values)
    + (guessedForm ? ` ${t("encryption.guessed", { form: guessedForm })}` : "");
}

function headerOf(header) {
  const inside = element("div", { class: "annotated" });
  drawDecoded(inside, { ...header, name: "header" }, bench.now ?? 0);
  return element("details", { class: "encryption-header" }, element("summary", {}, t("encryption.header")), inside);
}

function content({ kind, size, token, members, text, note }) {
  const body = element("div", { class: "annotated" });
  if (kind === "claims") drawDecoded(body, { name: "payload", members }, bench.now ?? 0);
  else body.append(element("pre", { class: "raw", tabindex: "0", "aria-label": t("encryption.content") }, kind === "token" ? token : text));
  const inside = element("button", { type: "button", class: "encryption-act primary" }, t("encryption.read-inside"));
  inside.addEventListener("click", () => readInside(token));
  return element("section", { class: "encryption-content", "aria-labelledby": "encryption-content-title" },
    element("h3", { id: "encryption-content-title" }, t(`encryption.kind.${kind}`), element("span", { class: "aside" }, t("encryption.size", { size }))),
    note ? element("p", { class: "encryption-note" }, note) : null,
    body,
    kind === "token" ? inside : null);
}

function step({ check, outcome, code, detail }) {
  return element("li", { "data-check": check, "data-outcome": outcome, "data-code": code ?? null },
    element("span", { class: "tick", "aria-hidden": "true" }, marks.get(outcome) ?? "?"),
    element("span", { class: "check" }, t(`encryption.check.${check}`)),
    element("span", { class: "outcome" }, t(`encryption.outcome.${outcome}`)),
    element("span", { class: "detail" }, detail));
}

// Choices for a new token: what the key in the box can do.
function drawChoices() {
  const asked = JSON.stringify([bench.keyQuestion, language]);
  if (asked === offered) { drawWhat(); drawMade(""); return; }
  offered = asked;
  const { algorithms, problem } = bench.judge.ask("encryption-choices", { key: bench.keyQuestion });
  const select = byId("encrypt-algorithm");
  const before = select.value;
  select.replaceChildren(...algorithms.map(({ name, encryptions }) =>
    element("option", { value: name, "data-encryptions": encryptions.join(" ") }, name)));
  if (algorithms.length > 0) select.value = algorithms.some(({ name }) => name === before) ? before : preferred(algorithms);
  const canEncrypt = algorithms.length > 0;
  byId("encrypt-fields").hidden = !canEncrypt;
  byId("encrypt").hidden = !canEncrypt;
  byId("encrypt-hint").textContent = canEncrypt ? t("encryption.hint") : problem ?? t("encryption.hint.no-key");
  drawEncryptions();
  drawWhat();
  drawMade("");
}

// The safer and more usual ones come first.
const wanted = ["RSA-OAEP-256", "ECDH-ES+A256KW", "A256KW", "A128KW", "dir", "PBES2-HS512+A256KW"];
function preferred(algorithms) {
  const names = algorithms.map(({ name }) => name);
  return wanted.find((name) => names.includes(name)) ?? names[0];
}

const isPassword = () => byId("encrypt-algorithm").value.startsWith("PBES2");

function drawEncryptions() {
  byId("encrypt-iterations-row").hidden = !isPassword();
  const chosen = byId("encrypt-algorithm").selectedOptions[0];
  const names = chosen?.dataset.encryptions.split(" ") ?? [];
  const select = byId("encrypt-encryption");
  const before = select.value;
  select.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  if (names.length > 0) select.value = names.includes(before) ? before : names.includes("A256GCM") ? "A256GCM" : names[0];
}

function drawWhat() {
  const select = byId("encrypt-what");
  const isSigned = bench.seen.token.split(".").length === 3;
  for (const option of select.options) option.disabled = option.value !== "text" && !isSigned;
  if (!isChosen && isSigned) select.value = "token";
  if (select.selectedOptions[0]?.disabled ?? true) select.value = "text";
  byId("encrypt-text-row").hidden = select.value !== "text";
}

function drawMade(problem) {
  const place = byId("encrypt-made");
  if (problem) { place.replaceChildren(element("p", { class: "encryption-problem" }, problem)); return; }
  if (!made) { place.replaceChildren(); return; }
  const area = element("textarea", { class: "plain", readonly: true, rows: 4, "aria-label": t("encryption.made") });
  area.value = made;
  const copy = element("button", { type: "button", class: "encryption-act" }, t("encryption.copy"));
  copy.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(area.value); copy.textContent = t("encryption.copied"); } catch { area.select(); }
  });
  const put = element("button", { type: "button", class: "encryption-act" }, t("encryption.put"));
  put.addEventListener("click", () => { const token = made; made = ""; bench.fill({ token }, "encryption"); });
  place.replaceChildren(area, element("div", { class: "encryption-acts" }, copy, put));
}
