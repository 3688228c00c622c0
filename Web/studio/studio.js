// The page: reads the boxes, asks the judge, draws its answers. Without the judge nothing is drawn but a notice.

import { byId, element, setText } from "./dom.js";
import { drawDecoded, tickTimes } from "./decoded.js";
import { makeExample } from "./examples.js";
import { loadJudge } from "./judge.js";
import { askSignature, plainHTTP } from "./signature.js";
import { paintLegend, paintToken } from "./token-field.js";
import { settle, showFindings, showNoVerdict, showVerdict } from "./verdict.js";

const largestText = 1 << 20;
const largestLeeway = 86_400;
const boxes = ["token", "key", "issuer", "audience", "type", "require", "scopes", "now"];
let judge = null;
let latest = 0;
let seen = nothingSeen();
let epoch = "";

function nothingSeen() {
  return { token: "", notes: [], parts: [], header: { members: null }, claims: { members: null }, findings: [] };
}

// What the boxes say

const words = (id) => byId(id).value.split(/[\s,]+/).filter(Boolean);
const filled = (id) => byId(id).value.trim() || null;
const clock = () => Math.floor(Date.now() / 1000);

function readNow() {
  const text = filled("now");
  if (text === null) return clock();
  if (/^\d{1,12}$/.test(text)) return Number(text);
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) || milliseconds < 0 ? null : Math.floor(milliseconds / 1000);
}

function readLeeway() {
  const text = byId("leeway").value.trim();
  if (text === "") return 0;
  return /^\d{1,6}$/.test(text) && Number(text) <= largestLeeway ? Number(text) : null;
}

function question(now, leeway) {
  return {
    token: seen.token,
    key: { text: byId("key").value, form: byId("key-form").value },
    policy: {
      issuer: filled("issuer"), audience: filled("audience"), type: filled("type"), leeway,
      require: words("require"), scopes: words("scopes"),
    },
    now,
  };
}

// From boxes to answers

async function update() {
  const turn = ++latest;
  settle(false);
  if (!judge) return;
  const now = readNow();
  const leeway = readLeeway();
  drawSettings(now, leeway);
  try {
    drawInspection(now ?? clock());
    drawKey();
    await drawJudgement(turn, now, leeway);
  } catch {
    if (turn === latest) showNoVerdict("The judge stopped on this input. That is a fault in Signet, not a verdict about the token.");
  }
  if (turn === latest) {
    epoch = passedMoments();
    settle(true);
  }
}

function drawInspection(now) {
  const text = byId("token").value;
  const tooLarge = text.length > largestText;
  seen = tooLarge ? { ...nothingSeen(), notes: ["This text is longer than 1 MiB; it was not read."] } : judge.inspect({ text, now });
  paintToken(byId("token-ink"), text, seen.parts);
  paintLegend(byId("token-parts"), seen.parts);
  byId("token-notes").replaceChildren(...seen.notes.map((note) => element("li", {}, note)));
  for (const [id, name, part] of [["header", "header", seen.header], ["claims", "payload", seen.claims]]) {
    drawDecoded(byId(id), { ...part, name }, now);
    byId(`${id}-json`).textContent = part.json ?? "";
    byId(`copy-${id}`).disabled = !part.json;
  }
  showFindings(seen.findings);
}

function drawKey() {
  const found = judge.describeKey({ key: { text: byId("key").value, form: byId("key-form").value } });
  byId("key-found").dataset.kind = found.kind;
  setText(byId("key-found"), found.text);
  byId("key-notes").replaceChildren(...found.findings.map(({ severity: level, text }) => element("li", { "data-level": level }, text)));
  seen.keyKind = found.kind;
  seen.keyText = found.text;
}

async function drawJudgement(turn, now, leeway) {
  if (!seen.token) {
    showNoVerdict(byId("token").value.trim() ? "There is no token in this text." : "Paste a token to begin, or load an example.");
    return;
  }
  const keyless = seen.keyKind === "none" && now !== null && leeway !== null ? judge.plan(question(now, leeway)) : null;
  if (keyless?.verdict) { showVerdict(keyless); return; }
  if (seen.keyKind === "none") {
    const untimely = seen.findings.filter(({ code }) => code === "expired" || code === "not-yet-valid").map(({ text }) => text);
    showNoVerdict(["No key given: the signature is not checked.", ...untimely].join(" "));
    return;
  }
  if (seen.keyKind === "unusable") { showNoVerdict(`The key cannot be used. ${seen.keyText}`); return; }
  if (now === null) { showNoVerdict("The time to judge at cannot be read."); return; }
  if (leeway === null) { showNoVerdict("The leeway cannot be read."); return; }

  const asked = question(now, leeway);
  const plan = judge.plan(asked);
  if (plan.unable) { showNoVerdict(plan.unable); return; }
  if (!plan.question) { showVerdict(plan); return; }
  const answer = await askSignature(plan.question);
  if (turn !== latest) return;
  if (answer.unable) { showNoVerdict(answer.unable); return; }
  showVerdict(judge.judge({ ...asked, signatureHolds: answer.holds }));
  if (!answer.holds) await suggestForm(turn, asked);
}

// The commonest reason for a mismatch under a shared secret: its bytes were meant to be read in another way.
async function suggestForm(turn, asked) {
  if (seen.keyKind !== "secret") return;
  for (const form of ["utf8", "base64url", "base64", "hex"]) {
    const plan = judge.plan({ ...asked, key: { ...asked.key, form } });
    if (!plan.question || !(await askSignature(plan.question)).holds) continue;
    if (turn === latest) {
      byId("key-notes").replaceChildren(element("li", { "data-level": "warning", "data-code": "other-form" },
        `The signature does hold when this secret is read as ${form === "utf8" ? "text" : form}: choose that above.`));
    }
    return;
  }
}

function drawSettings(now, leeway) {
  const note = byId("now-note");
  const complaints = [];
  if (now === null) complaints.push("Judged at wants seconds since 1970 or an ISO 8601 date, such as 2026-01-31T12:00:00Z.");
  if (leeway === null) complaints.push("Leeway wants whole seconds, at most a day.");
  byId("now").setAttribute("aria-invalid", String(now === null));
  byId("leeway").setAttribute("aria-invalid", String(leeway === null));
  note.dataset.level = complaints.length > 0 ? "danger" : "note";
  setText(note, complaints.join(" ") || (filled("now") === null ? "" : `Judged as if it were ${new Date(now * 1000).toISOString().replace(".000Z", "Z")}.`));
}

// The clock moves on: distances every second, a new judgement when a moment that matters goes by.

function passedMoments() {
  const now = clock();
  const leeway = readLeeway() ?? 0;
  return (seen.claims.members ?? []).filter((member) => member.time)
    .map(({ time }) => [time.seconds - leeway, time.seconds, time.seconds + leeway].map((moment) => (moment <= now ? 1 : 0)).join(""))
    .join();
}

function tick() {
  if (!judge || filled("now") !== null || document.hidden) return;
  tickTimes(byId("claims"), clock());
  if (passedMoments() !== epoch) update();
}

// Hands

function fill(values) {
  for (const [id, value] of Object.entries(values)) byId(id).value = value;
  update();
}

function clearAll() {
  const empty = Object.fromEntries(boxes.map((id) => [id, ""]));
  fill({ ...empty, leeway: "30", "key-form": "auto" });
  byId("token").focus();
}

async function loadExample(button) {
  const algorithm = button.dataset.algorithm;
  const turn = ++latest;
  settle(false);
  try {
    const { token, key, issuer, audience, type } = await makeExample(algorithm);
    if (turn !== latest) return;
    fill({ token, key, issuer, audience, type, "key-form": "auto", require: "", scopes: "", now: "", leeway: "30" });
  } catch {
    settle(true);
    byId("token-notes").replaceChildren(element("li", {}, globalThis.crypto?.subtle
      ? `This browser's WebCrypto does not know ${algorithm}.`
      : plainHTTP));
  }
}

async function copy(button, text) {
  const label = button.textContent;
  let said = "Copied";
  try { await navigator.clipboard.writeText(text); } catch { said = "Not allowed"; }
  button.textContent = said;
  setTimeout(() => { button.textContent = label; }, 1200);
}

// A token may come in behind `#`, which browsers do not send to servers. It is taken out of the address at once.
function takeFragment() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get("token") ?? fragment.get("access_token") ?? fragment.get("id_token");
  if (token === null) return;
  history.replaceState(null, "", location.pathname + location.search);
  byId("token").value = token;
}

function listen() {
  for (const id of [...boxes, "leeway"]) byId(id).addEventListener("input", update);
  byId("key-form").addEventListener("change", update);
  byId("clear").addEventListener("click", clearAll);
  byId("copy-token").addEventListener("click", ({ currentTarget }) => copy(currentTarget, seen.token || byId("token").value));
  byId("copy-header").addEventListener("click", ({ currentTarget }) => copy(currentTarget, seen.header.json ?? ""));
  byId("copy-claims").addEventListener("click", ({ currentTarget }) => copy(currentTarget, seen.claims.json ?? ""));
  for (const button of document.querySelectorAll("[data-algorithm]")) button.addEventListener("click", () => loadExample(button));
  addEventListener("hashchange", () => { takeFragment(); update(); });
  // Going back to this page must not bring back what was pasted.
  addEventListener("pagehide", () => { for (const id of boxes) byId(id).value = ""; });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) update(); });
  setInterval(tick, 1000);
}

async function start() {
  takeFragment();
  try {
    judge = await loadJudge();
  } catch {
    const notice = byId("no-judge");
    notice.textContent = "The judge did not load, so this page reads nothing and gives no verdict. Reload the page; if that does not help, this copy of the Studio was built without its WebAssembly module (make wasm).";
    notice.hidden = false;
    showNoVerdict("The judge is missing.");
    document.documentElement.dataset.studio = "no-judge";
    settle(true);
    return;
  }
  listen();
  await update();
  document.documentElement.dataset.studio = "ready";
}

start();
