// The key panel's tools: make a key, say what the keys of the box are, write them in another form, and choose what they are for.
// Swift reads and writes keys; WebCrypto makes them, hashes, and computes public halves.

import { byId, element, setText } from "./dom.js";
import { choice, nameGroups, press, said } from "./keys-parts.js";
import { language, t } from "./texts.js";
import { convertPanel } from "./keys-convert.js";
import { generatePanel } from "./keys-generate.js";
import { completed } from "./keys-public.js";
import { keyTables } from "./keys-table.js";

// Every name that "Key is for" can have; those that the key cannot be for are hidden.
const purposes = [
  ["keys.signatures", ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
    "ES512", "ES256K", "Ed25519", "Ed448", "ML-DSA-65", "ML-DSA-87"]],
  ["keys.encryption", ["dir", "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW", "RSA-OAEP", "RSA-OAEP-256",
    "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW", "PBES2-HS256+A128KW", "PBES2-HS384+A192KW",
    "PBES2-HS512+A256KW", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM"]],
];

// A button that opens and closes a region below the row; one at a time.
function opener(key, region, others) {
  const button = press(key, { "aria-expanded": "false", "aria-controls": region.id });
  button.addEventListener("click", () => {
    const opens = region.hidden;
    for (const other of others) other(false);
    show(opens);
  });
  const show = (opens) => {
    region.hidden = !opens;
    button.setAttribute("aria-expanded", String(opens));
    if (opens) region.dispatchEvent(new Event("opened"));
  };
  region.addEventListener("keydown", ({ key: pressed }) => {
    if (pressed !== "Escape") return;
    show(false);
    button.focus();
  });
  others.push(show);
  return button;
}

export function start(bench) {
  let report = { keys: [], purposes: [], publics: {} };
  let drawn = "";
  let latest = 0;
  // What stood in the box before the latest key of ours; forgotten as soon as the box holds anything else.
  let undo = null;

  const purpose = choice("key-alg", purposes);
  purpose.prepend(element("option", { value: "auto", "data-t": "keys.for.auto" }, t("keys.for.auto")));
  const chooser = element("div", { class: "inline keys-for", hidden: true }, said("label", "keys.for", { for: purpose.id }), purpose);
  const status = element("span", { role: "status" });
  const takeBack = press("keys.undo", { hidden: true });
  const announcement = element("p", { class: "keys-said", hidden: true }, status, takeBack);
  const details = element("details", { class: "keys-what", hidden: true });
  const tables = element("div", { class: "keys-tables" });
  details.append(said("summary", "keys.what"), tables);

  // Puts a key into the box and offers the way back.
  function put(text, sentence) {
    const before = { key: byId("key").value, "key-form": byId("key-form").value, "key-alg": purpose.value };
    undo = { before, text };
    announce(sentence, before.key !== "");
    return bench.fill({ key: text, "key-form": "auto" }, "keys");
  }

  function announce(sentence, canUndo = false) {
    announcement.hidden = sentence === "";
    takeBack.hidden = !canUndo;
    setText(status, sentence);
  }

  function forget() {
    undo = null;
    announce("");
  }

  takeBack.addEventListener("click", () => {
    const { before } = undo;
    forget();
    bench.fill(before, "keys");
    byId("key").focus();
  });

  const generate = generatePanel(bench, put);
  const convert = convertPanel(bench, () => report);
  const regions = [];
  const half = press("keys.public");
  half.addEventListener("click", () => {
    const form = { jwk: "jwk-public", jwks: "jwks-public" }[bench.key.kind] ?? "spki";
    const { text, left, problem } = bench.judge.ask("key-convert", { key: bench.keyQuestion, publics: report.publics, form });
    if (problem) announce(report.keys.some((key) => key.incomplete) ? t("keys.incomplete") : problem);
    else put(text, t(left > 0 ? "keys.public.left" : "keys.public.done", { left }));
  });
  const openConvert = opener("keys.convert", convert.region, regions);
  byId("keys-panel").append(
    element("div", { class: "keys-tools" },
      opener("keys.generate", generate.region, regions), openConvert, half,
      chooser),
    generate.region, convert.region, announcement, details);
  purpose.addEventListener("change", () => bench.update("keys"));

  function drawPurposes() {
    for (const option of purpose.querySelectorAll("optgroup option")) {
      option.hidden = option.disabled = !report.purposes.includes(option.value);
    }
    for (const group of purpose.querySelectorAll("optgroup")) {
      group.hidden = [...group.children].every((option) => option.hidden);
    }
    // A key that says itself what it is for leaves nothing to choose.
    chooser.hidden = report.purposes.length === 0;
    if (purpose.value === "auto" || report.purposes.includes(purpose.value)) return;
    purpose.value = "auto";
    bench.update("keys");
  }

  function draw() {
    const { keys } = report;
    nameGroups(byId("keys-panel"));
    generate.draw();
    drawPurposes();
    half.disabled = !keys.some((key) => key.private && key.kty !== "oct");
    openConvert.disabled = keys.every((key) => key.forms.length === 0);
    if (openConvert.disabled) for (const show of regions.slice(1)) show(false);
    details.hidden = keys.length === 0;
    tables.replaceChildren(...keyTables(report, purpose.value));
    convert.draw();
  }

  bench.onUpdate(async () => {
    if (undo && byId("key").value !== undo.text) forget();
    const asked = { key: bench.keyQuestion, header: bench.seen.token.split(".")[0] };
    const mark = JSON.stringify([asked, language]);
    if (mark === drawn) return;
    drawn = mark;
    const turn = ++latest;
    byId("keys-panel").setAttribute("aria-busy", "true");
    const found = await completed(bench.judge, asked);
    if (turn !== latest) return;
    byId("keys-panel").setAttribute("aria-busy", "false");
    report = found;
    draw();
  });
  // Going back to this page must not bring back a key.
  addEventListener("pagehide", () => {
    forget();
    convert.clear();
  });
}
