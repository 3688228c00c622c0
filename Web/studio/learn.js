// The live examples of the learn page. Each asks the same judge as the Studio and shows what it says; nothing is staged.

import { byId, element, setText } from "./dom.js";
import { loadJudge } from "./judge.js";
import { Issuer, clock, issuerName, macUnder, signingInput } from "./learn-issuer.js";
import { askSignature } from "./signature.js";
import { t } from "./texts.js";
import { applyTheme } from "./theme.js";

applyTheme();

let judge = null;

// The judge's whole answer about a token, as a server with this key and these expectations would have it.
async function judged(token, key, { now = clock(), ...policy } = {}) {
  const question = {
    token, key: { text: key, form: "auto" }, now,
    policy: { issuer: issuerName, audience: null, type: null, leeway: 0, require: [], scopes: [], ...policy },
  };
  const plan = judge.ask("plan", question);
  if (!plan.question) return plan;
  const answer = await askSignature(plan.question);
  return answer.unable ? { unable: answer.unable, steps: [] } : judge.ask("judge", { ...question, signatureHolds: answer.holds });
}

// How an example shows a token, where it leads, and what the judge said of it.
class Stage {
  #turn = 0;

  constructor(id) {
    this.token = byId(`${id}-token`);
    this.says = byId(`${id}-says`);
    this.link = byId(`${id}-open`);
    this.verdict = byId(`${id}-verdict`);
  }

  async show(token, key, policy) {
    const turn = ++this.#turn;
    this.verdict.dataset.settled = "false";
    this.paint(token);
    this.link.href = `/#token=${token}`;
    const answer = await judged(token, key, policy);
    if (turn !== this.#turn) return;
    draw(this.verdict, answer);
    this.verdict.dataset.settled = "true";
  }

  // The token in the colours of its parts, and what header and claims say.
  paint(token) {
    const seen = judge.ask("inspect", { text: token, now: clock() });
    const pieces = [];
    let at = 0;
    for (const { part, start, end } of seen.parts) {
      if (start > at) pieces.push(token.slice(at, start));
      pieces.push(element("span", { "data-part": part }, token.slice(start, end)));
      at = end;
    }
    this.token.replaceChildren(...pieces, token.slice(at));
    this.says.replaceChildren(...[["header", seen.header], ["payload", seen.claims]].flatMap(([part, { members }]) =>
      (members ?? []).map(({ name, nameText, valueText, time }) => element("span", { "data-part": part, "data-name": name },
        element("b", {}, nameText), ": ", valueText, time ? ` (${time.iso.slice(11, 19)} UTC)` : ""))));
  }
}

const words = (check) => check.replaceAll("-", " ");

function draw(node, { verdict, code, unable, steps }) {
  const failed = steps.find(({ outcome }) => outcome === "failed");
  const passed = steps.filter(({ outcome }) => outcome === "passed").map(({ check }) => words(check));
  node.dataset.verdict = verdict ?? "none";
  const lines = [];
  if (failed) lines.push(element("span", { class: "why" }, "At the step ", element("b", {}, words(failed.check)), `: ${failed.detail}.`));
  if (unable) lines.push(element("span", { class: "why" }, unable));
  if (verdict === "valid") lines.push(element("span", { class: "why" }, "Every check that was asked for has passed."));
  if (passed.length > 0) lines.push(element("span", { class: "passed" }, `Passed: ${passed.join(", ")}.`));
  const word = verdict === "valid" ? "Valid" : verdict === "refused" ? "Refused" : "No verdict";
  // The spaces are for those who hear this as one sentence.
  node.replaceChildren(element("strong", {}, word), " ", code ? element("code", {}, code) : "",
    ...lines.flatMap((line) => [" ", line]));
}

const minutes = 60;

function accessClaims(now = clock()) {
  return {
    iss: issuerName, sub: "5f2c9b1e", aud: "orders", client_id: "shop-web", role: "reader", scope: "orders:read",
    iat: now, exp: now + 15 * minutes,
  };
}

// Change one letter

async function tampering(issuer, key) {
  const stage = new Stage("tamper");
  const field = byId("tamper-role");
  const header = { alg: "ES256", typ: "at+jwt" };
  const original = await issuer.sign(signingInput(header, accessClaims()));
  const [encodedHeader, encodedClaims, signature] = original.split(".");
  const claims = judge.ask("inspect", { text: original, now: clock() }).claims.json;

  // Only the claims change: header and signature are the ones the issuer sent.
  function written() {
    if (field.value === field.defaultValue) return `${encodedHeader}.${encodedClaims}`;
    const edited = judge.ask("edit", { json: claims, name: "role", value: JSON.stringify(field.value.toWellFormed()) });
    return judge.ask("compose", { encodedHeader, claims: edited.json, key: { text: "", form: "auto" } }).signingInput;
  }
  const show = () => stage.show(`${written()}.${signature}`, key);
  field.addEventListener("input", show);
  byId("tamper-sign").addEventListener("click", async () => stage.show(await issuer.sign(written()), key));
  byId("tamper-reset").addEventListener("click", () => { field.value = field.defaultValue; return show(); });
  await show();
}

// Signed is not secret

async function reading(issuer) {
  const field = byId("secret-text");
  async function show() {
    const claims = { iss: issuerName, sub: "5f2c9b1e", note: field.value.toWellFormed() };
    const token = await issuer.sign(signingInput({ alg: "ES256", typ: "JWT" }, claims));
    setText(byId("secret-encoded"), token.split(".")[1]);
    setText(byId("secret-read"), judge.ask("inspect", { text: token, now: clock() }).claims.json);
    byId("secret-open").href = `/#token=${token}`;
  }
  field.addEventListener("input", show);
  await show();
}

// Time

async function expiry(issuer, key) {
  const stage = new Stage("time");
  const slider = byId("time-slider");
  const now = clock();
  const claims = { iss: issuerName, sub: "5f2c9b1e", aud: "orders", iat: now, nbf: now, exp: now + 15 * minutes };
  const token = await issuer.sign(signingInput({ alg: "ES256", typ: "at+jwt" }, claims));
  function show() {
    const passed = Number(slider.value);
    const said = passed === 0 ? "the moment it was issued"
      : `${Math.abs(passed)} ${Math.abs(passed) === 1 ? "minute" : "minutes"} ${passed < 0 ? "before it was issued" : "after it was issued"}`;
    setText(byId("time-now"), said);
    slider.setAttribute("aria-valuetext", said);
    return stage.show(token, key, { now: now + passed * minutes });
  }
  slider.addEventListener("input", show);
  await show();
}

// Attacks

async function attacks() {
  const stage = new Stage("attack");
  const issuer = await Issuer.make("RS256");
  const key = await issuer.pem();
  const forged = { ...accessClaims(), role: "admin" };
  const tries = {
    honest: async () => [
      await issuer.sign(signingInput({ alg: "RS256", typ: "at+jwt" }, accessClaims())),
      "The issuer made this one with its RSA key.",
    ],
    none: async () => [
      `${signingInput({ alg: "none", typ: "at+jwt" }, forged)}.`,
      "A verifier that lets the header choose finds nothing to check, and lets the admin in.",
    ],
    confusion: async () => {
      const { token, holds } = await macUnder(key, signingInput({ alg: "HS256", typ: "at+jwt" }, forged));
      return [token, holds
        ? "A verifier that lets the header choose computes HMAC-SHA256 with the text of the public key, finds that it matches (your browser has just done so), and lets the admin in."
        : "Your browser did not find the HMAC to match."];
    },
  };
  async function run(name) {
    for (const other of Object.keys(tries)) byId(`attack-${other}`).setAttribute("aria-pressed", String(other === name));
    const [token, naive] = await tries[name]();
    setText(byId("attack-naive"), naive);
    await stage.show(token, key);
  }
  for (const name of Object.keys(tries)) byId(`attack-${name}`).addEventListener("click", () => run(name));
  await run("honest");
}

// An ID token is no access token

async function kinds(issuer, key) {
  const stage = new Stage("kind");
  const now = clock();
  const tokens = {
    access: [{ alg: "ES256", typ: "at+jwt" }, { ...accessClaims(now), jti: "a1" }],
    id: [{ alg: "ES256", typ: "JWT" }, {
      iss: issuerName, sub: "5f2c9b1e", aud: "shop-web", name: "Ada", nonce: "n-0S6", iat: now, exp: now + 15 * minutes,
    }],
  };
  async function send(name) {
    for (const other of Object.keys(tokens)) byId(`kind-${other}`).setAttribute("aria-pressed", String(other === name));
    const [header, claims] = tokens[name];
    await stage.show(await issuer.sign(signingInput(header, claims)), key, { audience: "orders", type: "at+jwt" });
  }
  for (const name of Object.keys(tokens)) byId(`kind-${name}`).addEventListener("click", () => send(name));
  await send("access");
}

function without(why) {
  for (const example of document.querySelectorAll(".example")) {
    example.replaceChildren(element("p", { class: "missing" }, `This example needs to run. ${why}`));
  }
}

async function start() {
  const root = document.documentElement;
  try {
    judge = await loadJudge();
  } catch {
    without("The judge did not load; reload the page.");
    root.dataset.studio = "no-judge";
    return;
  }
  if (!globalThis.crypto?.subtle) {
    without(t("webcrypto.plain-http"));
  } else {
    const issuer = await Issuer.make("ES256");
    const key = await issuer.pem();
    await Promise.all([tampering(issuer, key), reading(issuer), expiry(issuer, key), attacks(), kinds(issuer, key)]);
  }
  root.dataset.studio = "ready";
}

start();
