// What lies on the bench: token, key and expectations, what the judge said of them, and who wants to hear of it. Every panel
// reads from here and changes the bench through here, so that all of them follow one another.

import { byId } from "./dom.js";
import { t } from "./texts.js";
import { askSignature } from "./signature.js";

// Characters; more than any token has, and little enough to be read between two key strokes.
const largestText = 1 << 18;
const largestLeeway = 86_400;
const boxes = ["token", "key", "issuer", "audience", "type", "require", "scopes", "now"];
const listeners = [];
let latest = 0;

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
  // Which panel made the latest change; null where a person typed into a box.
  origin: null,

  // The key box as questions carry it.
  get keyQuestion() {
    return { text: byId("key").value, form: byId("key-form").value, alg: byId("key-alg")?.value || "auto" };
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
  // The judge's question about what lies here.
  get question() {
    return { token: this.seen.token, key: this.keyQuestion, policy: this.policy, now: this.now ?? clock() };
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

  // Reads the boxes and judges; answers whether nothing newer came in between.
  async update(origin = null) {
    const turn = ++latest;
    this.origin = origin;
    settle(false);
    if (!this.judge) return false;
    try {
      const text = byId("token").value;
      this.seen = text.length >= largestText
        ? { ...nothingSeen(), isTooLarge: true, notes: [t("token.too-large")] }
        : this.judge.ask("inspect", { text, now: this.now ?? clock() });
      if (this.judge.isWhole) this.key = this.judge.ask("describe-key", { key: this.keyQuestion, token: text });
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

  async judged(turn) {
    if (!this.seen.token) return without(byId("token").value.trim() ? t("token.none-in-text") : t("verdict.begin"));
    if (this.now === null) return without(t("now.unreadable"));
    if (this.leeway === null) return without(t("leeway.unreadable"));
    const asked = this.question;
    const plan = this.judge.ask("plan", asked);
    if (!plan.question) return plan;
    const answer = await askSignature(plan.question);
    if (turn !== latest) return without("");
    if (answer.unable) return without(answer.unable);
    return this.judge.ask("judge", { ...asked, signatureHolds: answer.holds });
  },
};

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
