// Writes a key of the box in another form, to copy or to download.

import { copyFrom, element, setText } from "./dom.js";
import { field, press, said } from "./keys-parts.js";
import { t } from "./texts.js";

// What each form is called is a text; how its file ends, and whether it is a secret, is not.
const forms = [
  ["keys.forms.public", false, [["jwk-public", "jwk.json"], ["jwks-public", "jwks.json"], ["spki", "pem"], ["pkcs1-public", "pem"],
    ["certificate", "crt"]]],
  ["keys.forms.private", true, [["jwk", "jwk.json"], ["jwks", "jwks.json"], ["pkcs8", "pem"], ["pkcs1", "pem"], ["sec1", "pem"],
    ["text", "txt"], ["base64url", "txt"], ["base64", "txt"], ["hex", "txt"]]],
];

function download(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  element("a", { href: address, download: name }).click();
  // The browser has read it by then; without this the key would stay in memory.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function convertPanel(bench, report) {
  const region = element("div", { id: "keys-convert", class: "keys-region", role: "group", hidden: true });
  const which = element("select", { id: "keys-convert-key" });
  const form = element("select", { id: "keys-convert-form" });
  const shown = element("textarea", { id: "keys-convert-text", class: "plain", readonly: true, rows: 5, spellcheck: "false", autocomplete: "off" });
  const copying = press("copy");
  const saving = press("keys.download");
  const note = element("p", { class: "keys-note", role: "status" });
  const several = field("keys.convert.key", which);
  region.append(
    element("div", { class: "keys-fields" }, several, field("keys.convert.form", form)),
    said("label", "keys.convert.text", { for: shown.id, class: "keys-hidden" }), shown, note,
    element("div", { class: "keys-actions" }, copying, saving));

  const group = () => forms.find(([, , names]) => names.some(([name]) => name === form.value));
  const chosen = () => report().keys.find((key) => String(key.index) === which.value) ?? report().keys[0];

  function drawForms() {
    const key = chosen();
    const others = report().keys;
    const available = new Set(key?.forms ?? []);
    if (others.some(({ forms: names }) => names.includes("jwk-public"))) available.add("jwks-public");
    if (others.some(({ forms: names }) => names.includes("jwk"))) available.add("jwks");
    const before = form.value;
    form.replaceChildren(...forms.map(([label, , names]) => [label, names.filter(([name]) => available.has(name))])
      .filter(([, names]) => names.length > 0)
      .map(([label, names]) => element("optgroup", { label: t(label) },
        names.map(([name]) => element("option", { value: name }, t(`keys.form.${name}`))))));
    // Another form than the one that is there already is what is wanted most often.
    const wanted = available.has(before) ? before : bench.key.kind === "pem" ? "jwk-public" : "spki";
    if (available.has(wanted)) form.value = wanted;
  }

  function convert() {
    note.dataset.level = "note";
    if (region.hidden || !form.value) return clear();
    const asked = { key: bench.keyQuestion, publics: report().publics, form: form.value, index: Number(which.value) || 0 };
    const { text, left, problem } = bench.judge.ask("key-convert", asked);
    shown.value = text ?? "";
    copying.disabled = saving.disabled = !text;
    const sentences = [problem];
    if (left > 0) sentences.push(t("keys.convert.left", { left }));
    if (text && group()?.[1]) {
      note.dataset.level = "warning";
      sentences.push(t("keys.convert.private"));
    }
    if (chosen()?.incomplete) sentences.push(t("keys.incomplete"));
    setText(note, sentences.filter(Boolean).join(" "));
  }

  function clear() {
    shown.value = "";
  }

  function draw() {
    const { keys } = report();
    const before = which.value;
    which.replaceChildren(...keys.filter(({ forms: names }) => names.length > 0).map((key) =>
      element("option", { value: key.index }, t("keys.nth", { number: key.index + 1 }) + (key.kid ? ` ${key.kid}` : ""))));
    if ([...which.options].some(({ value }) => value === before)) which.value = before;
    several.hidden = keys.length < 2;
    drawForms();
    convert();
  }

  which.addEventListener("change", () => { drawForms(); convert(); });
  form.addEventListener("change", convert);
  region.addEventListener("opened", convert);
  copyFrom(copying, () => shown.value);
  saving.addEventListener("click", () => {
    const ending = group()[2].find(([name]) => name === form.value)[1];
    download(shown.value.endsWith("\n") || ending === "txt" ? shown.value : `${shown.value}\n`, `${group()[1] ? "private" : "public"}-key.${ending}`);
  });
  return { region, draw, clear };
}
