// Claims as a form: a field for each, dates where a claim is a time, a step of an hour or a day at a press.

import { clock } from "./bench.js";
import { button, byId, element } from "./dom.js";
import { setMember } from "./editors.js";
import { localTime } from "./moments.js";
import { t } from "./texts.js";

const registered = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scope", "roles", "client_id", "azp", "nonce", "auth_time", "acr", "amr", "sid", "name", "email"];
const times = new Set(["exp", "nbf", "iat", "auth_time", "updated_at"]);
let bench = null;
let drawn = "";

export function start(theBench) {
  bench = theBench;
  bench.onUpdate(draw);
}

// Fields that are being typed into stay; otherwise the form is what the token says.
function draw({ seen, origin }) {
  const form = byId("claims-form");
  const members = seen.claims.members;
  const shape = JSON.stringify([document.documentElement.lang, members?.map(({ name, valueText }) => [name, valueText])]);
  if (shape === drawn) return;
  const typing = origin === "editors" && form.contains(document.activeElement) && document.activeElement.matches("input, textarea");
  drawn = shape;
  if (typing) return;
  if (!members && seen.claims.problem) {
    form.replaceChildren(element("p", { class: "empty" }, t("form.unreadable")));
    return;
  }
  form.replaceChildren(...(members ?? []).map((member, index) => row(member, index)), adder(members ?? []));
}

const set = (name, json) => setMember("claims", name, json);

// Identifiers are numbers: none comes from the token.
function row(member, index) {
  const id = `claim-field-${index}`;
  const isString = /^"/.test(member.valueText) && !member.valueText.includes("\n");
  const field = element(member.valueText.includes("\n") || member.valueText.length > 60 ? "textarea" : "input", {
    id, class: "plain", spellcheck: "false", autocomplete: "off", autocapitalize: "off",
  });
  field.value = isString ? unquote(member.valueText) : member.valueText;
  field.addEventListener("input", async () => {
    const text = isString ? JSON.stringify(field.value) : field.value;
    field.setAttribute("aria-invalid", String(!(await accepted(member.name, text))));
  });
  const remove = button("×", () => set(member.name, null), { class: "remove", "aria-label": t("form.remove", { name: member.name }) });
  return element("div", { class: "form-row", "data-claim": member.name },
    element("label", { for: id }, element("code", {}, member.name), member.title ? element("span", { class: "title" }, member.title) : null),
    element("div", { class: "form-value" }, field, remove, ...extras(member)));
}

// Whether the token took it: text that is no JSON stays in the field and is marked.
async function accepted(name, text) {
  if (bench.judge.ask("edit", { json: "{}", name, value: text }).problem) return false;
  await set(name, text);
  return true;
}

const unquote = (text) => { try { return JSON.parse(text); } catch { return text; } };

function extras(member) {
  if (member.name === "jti") return [element("div", { class: "form-extras" }, button(t("form.new-id"), () => set("jti", JSON.stringify(crypto.randomUUID()))))];
  if (!times.has(member.name)) return [];
  const seconds = member.time?.seconds ?? clock();
  const picker = element("input", { type: "datetime-local", step: "1", "aria-label": t("form.date", { name: member.name }) });
  picker.value = local(seconds);
  picker.addEventListener("change", () => {
    const picked = Math.floor(new Date(picker.value).getTime() / 1000);
    if (Number.isFinite(picked)) set(member.name, String(picked));
  });
  const step = (label, change) => button(label, () => set(member.name, String(change())), { "aria-label": `${member.name} ${label}` });
  return [element("div", { class: "form-extras" }, picker,
    step(t("form.now"), clock), step(t("form.minus-hour"), () => seconds - 3600), step(t("form.plus-hour"), () => seconds + 3600), step(t("form.plus-day"), () => seconds + 86_400)),
  element("p", { class: "form-time" }, `${localTime(seconds)} · ${new Date(seconds * 1000).toISOString().replace(".000Z", "Z")}`)];
}

// What datetime-local wants: the local time without a zone.
function local(seconds) {
  const date = new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 19);
}

function adder(members) {
  const there = new Set(members.map(({ name }) => name));
  const name = element("input", { id: "new-claim", list: "claim-names", placeholder: t("form.add.placeholder"), spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
  const names = element("datalist", { id: "claim-names" }, registered.filter((known) => !there.has(known)).map((known) => element("option", { value: known })));
  const add = () => {
    const wanted = name.value.trim();
    if (wanted === "" || there.has(wanted)) { name.focus(); return; }
    set(wanted, initial(wanted));
  };
  name.addEventListener("keydown", (event) => { if (event.key === "Enter") add(); });
  return element("div", { class: "form-row adder" }, element("label", { for: "new-claim" }, t("form.add")),
    element("div", { class: "form-value" }, name, names, button(t("form.add.do"), add)));
}

function initial(name) {
  if (name === "exp") return String(clock() + 3600);
  if (times.has(name)) return String(clock());
  if (name === "jti") return JSON.stringify(crypto.randomUUID());
  return name === "roles" || name === "amr" ? "[]" : '""';
}
