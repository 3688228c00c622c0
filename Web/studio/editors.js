// Header and claims as JSON to be edited: the token follows each change, signed anew where a private key or secret is there.
// The judge reads and writes the JSON, so that numbers keep their digits and members their order.

import { button, byId, setText } from "./dom.js";
import { askToSign } from "./signature.js";
import { t } from "./texts.js";

const parts = [["header", "header"], ["claims", "payload"]];
let bench = null;
let turn = 0;
// Which texts differ from the token's own parts, and must be encoded anew.
const edited = { header: false, claims: false };

export function start(theBench) {
  bench = theBench;
  for (const [id] of parts) {
    startTabs(id);
    byId(`${id}-json`).addEventListener("input", () => { edited[id] = true; compose(); });
  }
  bench.onUpdate(draw);
}

// Sets a claim or header parameter; value is JSON text, null takes it out. id: "header" or "claims".
export function setMember(id, name, value) {
  const answer = bench.judge.ask("edit", { json: byId(`${id}-json`).value || "{}", name, ...(value === null ? {} : { value }) });
  if (answer.problem) return Promise.resolve(false);
  byId(`${id}-json`).value = answer.json;
  edited[id] = true;
  return compose();
}

// Makes the token anew from header and claims as they stand in the editors.
export async function compose(force = false) {
  const mine = ++turn;
  const old = bench.seen.token.split(".");
  const isWhole = old.length === 3;
  if (force) { edited.header = true; edited.claims = true; }
  const text = (id, place) => (edited[id] || !isWhole ? { [id]: byId(`${id}-json`).value } : { [place]: id === "header" ? old[0] : old[1] });
  const answer = bench.judge.ask("compose", {
    ...text("header", "encodedHeader"), ...text("claims", "encodedClaims"), key: bench.keyQuestion,
  });
  for (const [id, part] of parts) setText(byId(`${id}-problem`), answer.problem?.part === part ? answer.problem.text : "");
  if (answer.problem) return false;
  let note = answer.unsigned ?? null;
  let signature = note?.code === "unsecured" ? "" : isWhole ? old[2] : "";
  if (answer.sign) {
    const signed = await askToSign({ ...answer.sign, signingInput: answer.signingInput });
    if (mine !== turn) return false;
    if (signed.signature === undefined) note = { code: "unable", text: signed.unable };
    else signature = signed.signature;
  }
  await bench.replaceToken(`${answer.signingInput}.${signature}`, "editors");
  showNote(note, signature !== "");
  return note === null;
}

// What to do where nothing signs.
function showNote(note, hasOldSignature) {
  const node = byId("signing-note");
  node.hidden = note === null;
  if (note === null) return;
  const repairs = [];
  const newKey = () => byId("template-alg").dispatchEvent(new CustomEvent("new-key", { detail: bench.seen.header.members }));
  if (["no-key", "public-key", "key-unusable", "key-usage"].includes(note.code)) {
    repairs.push(button(t("signing.new-key"), newKey));
  }
  if (note.keyAlgorithm) {
    repairs.push(button(t("signing.use-algorithm", { algorithm: note.keyAlgorithm }),
      () => setMember("header", "alg", JSON.stringify(note.keyAlgorithm))));
    repairs.push(button(t("signing.new-key"), newKey));
  }
  const old = hasOldSignature && note.code !== "unsecured" ? ` ${t("signing.old-signature")}` : "";
  node.replaceChildren(`${note.text}${old} `, ...repairs);
}

function draw({ origin, seen }) {
  if (origin !== "editors") {
    turn += 1;
    byId("signing-note").hidden = true;
    for (const [id] of parts) setText(byId(`${id}-problem`), "");
  }
  for (const [id] of parts) {
    const part = seen[id];
    if (origin === "editors" && byId(`${id}-json`).value.trim() !== "" && edited[id]) continue;
    if (origin === "clock") continue;
    const text = part.json ?? part.raw ?? "";
    if (byId(`${id}-json`).value !== text) byId(`${id}-json`).value = text;
    edited[id] = false;
  }
}

// Tabs as WAI-ARIA describes them: one stop for Tab, arrows between them.
function startTabs(id) {
  const tabs = [...document.querySelectorAll(`[role="tab"][id^="${id}-tab-"]`)];
  const choose = (tab, focus) => {
    for (const other of tabs) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      byId(other.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (focus) tab.focus();
  };
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => choose(tab, false));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step) choose(tabs[(index + step + tabs.length) % tabs.length], true);
    });
  }
}

export function showTab(id, name) { byId(`${id}-tab-${name}`).click(); }
