// What lies on the bench: token, key and expectations, what the judge said of them, and who wants to hear of it. Every panel
// reads from here and changes the bench through here, so that all of them follow one another.

import { byId } from "./dom.js";
import { t } from "./texts.js";
import { askSignature } from "./signature.js";

// Characters; more than any token has, and little enough to be read between two key strokes.
const largestText = 1 << 18;
const largestLeeway = 86_400;
const boxes = ["token", "key", "issuer", "audience", "type", "require", "scopes", "now", "proof-method", "proof-address", "proof-token"];
const listeners = [];
let latest = 0;
// The text whose tokens are counted, and which of them is shown.
let counted = "";
let choice = 0;
// The question whose answer `key` is.
let described = "";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const nothingSeen = () => ({
  token: "", notes: [], parts: [], isTooLarge: false, header: { members: null }, claims: { members: null }, findings: [],
});

export const clock = () => Math.floor(Date.now() / 1000);
const words = (id) => byId(id).value.split(/[\s,]+/).filter(Boolean);
const filled = (id) => byId(id).value.trim() || null;

export const bench = {
  // The Swift judge, once it is loaded; at first the module that only reads.
  judge: null,
  // What `inspect` said of the text in the token box.
  seen: nothingSeen(),
  // What `describe-key` said of the key box: { kind, text, findings }.
  key: { kind: "none", text: "", findings: [] },
  // The judgement: { verdict?, code?, unable?, steps, parts }.
  judgement: { unable: "", steps: [], parts: [] },
  // Keys that were fetched on the online page: { text, origin: { address, issuer? } }.
  fetched: null,
  // Which panel made the latest change; null where a person typed into a box.
  origin: null,

  // The key box as questions carry it.
  get keyQuestion() {
    const text = byId("key").value;
    const origin = this.fetched?.text === text ? this.fetched.origin : undefined;
    return { text, form: byId("key-form").value, alg: byId("key-alg")?.value || "auto", origin };
  },
  // The time to judge at, in seconds since 1970; null when what was typed is none.
  get now() {
    const text = filled("now");
    if (text === null) return clock();
    if (/^\d{1,12}$/.test(text)) return Number(text);
    const milliseconds = Date.parse(text);
    return Number.isNaN(milliseconds) || milliseconds < 0 ? null : Math.floor(milliseconds / 1000);
  },
  // Whether the clock on the wall decides.
  get isLive() { return filled("now") === null; },
  get leeway() {
    const text = byId("leeway").value.trim();
    if (text === "") return 0;
    return /^\d{1,6}$/.test(text) && Number(text) <= largestLeeway ? Number(text) : null;
  },
  get policy() {
    return {
      issuer: filled("issuer"), audience: filled("audience"), type: filled("type"), leeway: this.leeway ?? 30,
      require: words("require"), scopes: words("scopes"),
    };
  },
  // Whether the token says that it is a DPoP proof.
  get isProof() {
    return (this.seen.header.members ?? []).some(({ name, valueText }) => name === "typ" && /^"(application\/)?dpop\+jwt"$/i.test(valueText));
  },
  // The judge's question about what lies here.
  get question() {
    return { token: this.seen.judged ?? this.seen.token, key: this.keyQuestion, policy: this.policy, now: this.now ?? clock(), seen: this.seen.findings.map(({ severity }) => severity) };
  },

  // Calls back after each judgement with the bench.
  onUpdate(listener) { listeners.push(listener); },

  // values: { token?, key?, "key-form"?, "key-alg"?, issuer?, audience?, type?, require?, scopes?, now?, leeway? }, as text.
  fill(values, origin = null) {
    // What the key before was chosen to be for says nothing about another key.
    const settings = "key" in values && byId("key-alg") ? { "key-alg": "auto", ...values } : values;
    for (const [id, value] of Object.entries(settings)) byId(id).value = value;
    return this.update(origin);
  },

  clear() {
    return this.fill({ ...Object.fromEntries(boxes.map((id) => [id, ""])), leeway: "30", "key-form": "auto" });
  },

  // Shows another of the tokens in the text.
  choose(index) { choice = index; return this.update(); },

  // Puts a token in the place of the one that is shown; the text around one of several stays.
  replaceToken(token, origin) {
    const place = this.seen.found?.[this.seen.choice];
    if (!place) return this.fill({ token }, origin);
    const bytes = encoder.encode(byId("token").value);
    return this.fill({ token: decoder.decode(bytes.subarray(0, place.start)) + token + decoder.decode(bytes.subarray(place.end)) }, origin);
  },

  // What may hold an encrypted token: of several, the one that is shown, else the text, whose JSON says more than its parts.
  // Empty where nothing can be.
  get encryptedText() {
    const text = this.seen.found ? this.seen.token : byId("token").value;
    return this.seen.token.split(".").length === 5 || /^\s*\{/.test(text) ? text : "";
  },

  // Reads the boxes and judges; answers whether nothing newer came in between.
  async update(origin = null) {
    const turn = ++latest;
    this.origin = origin;
    settle(false);
    if (!this.judge) return false;
    try {
      const text = byId("token").value;
      if (text !== counted && origin !== "editors") choice = 0;
      counted = text;
      this.seen = text.length >= largestText
        ? { ...nothingSeen(), isTooLarge: true, notes: [t("token.too-large")] }
        : this.judge.ask("inspect", { text, now: this.now ?? clock(), choice });
      if (this.judge.isWhole) this.describeKey();
      const judgement = this.judge.isWhole ? await this.judged(turn) : without(t("judge.loading"));
      if (turn !== latest) return false;
      this.judgement = judgement;
    } catch {
      if (turn !== latest) return false;
      this.judgement = without(t("judge.stopped"));
    }
    for (const listener of listeners) listener(this);
    settle(true);
    return true;
  },

  // Asks what the key is, where key or encrypted token are others than before.
  describeKey() {
    const question = { key: this.keyQuestion, token: this.encryptedText };
    const asked = JSON.stringify(question);
    if (asked === described) return;
    this.key = this.judge.ask("describe-key", question);
    described = asked;
  },

  async judged(turn) {
    if (!this.seen.token) return without(byId("token").value.trim() ? t("token.none-in-text") : t("verdict.begin"));
    if (this.now === null) return without(t("now.unreadable"));
    if (this.leeway === null) return without(t("leeway.unreadable"));
    const asked = this.question;
    if (this.isProof) asked.policy = { ...asked.policy, ...await expectedRequest() };
    const plan = this.judge.ask("plan", asked);
    if (!plan.question) return plan;
    const answer = await askSignature(plan.question);
    if (turn !== latest) return without("");
    if (answer.unable) return without(answer.unable);
    return this.judge.ask("judge", { ...asked, signatureHolds: answer.holds });
  },
};

// The request that a DPoP proof must be for; `ath` is the hash of the access token (RFC 9449 section 4.2).
async function expectedRequest() {
  const token = filled("proof-token");
  const hash = token && new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(token)));
  const text = hash && btoa(String.fromCharCode(...hash)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return { method: filled("proof-method"), address: filled("proof-address"), accessTokenHash: text };
}

const without = (unable) => ({ unable, steps: [], parts: [] });

function settle(done) {
  byId("verdict").dataset.settled = String(done);
}

// Listens to the boxes themselves; called once.
export function listenToBoxes() {
  for (const id of [...boxes, "leeway"]) byId(id).addEventListener("input", () => bench.update());
  byId("key-form").addEventListener("change", () => bench.update());
  // Going back to this page must not bring back what was pasted.
  addEventListener("pagehide", () => { for (const id of boxes) byId(id).value = ""; });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) bench.update(); });
}
