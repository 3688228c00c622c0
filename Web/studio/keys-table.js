// What each key of the box is, as a table of names and values.

import { element } from "./dom.js";
import { localTime } from "./moments.js";
import { t } from "./texts.js";

const row = (name, ...value) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, ...value));
const code = (text) => element("code", { dir: "auto" }, text);

const types = { oct: "keys.type.oct", RSA: "keys.type.rsa", EC: "keys.type.ec", OKP: "keys.type.okp", AKP: "keys.type.akp" };

function strength({ kty, bits, security }) {
  if (kty === "oct") return t("keys.strength.secret", { bits });
  if (kty === "AKP") return t("keys.strength.akp", { bits: security });
  return t(security < 128 ? "keys.strength.low" : "keys.strength.high", { bits: security });
}

function secrecy(key) {
  if (key.kty === "oct") return "keys.half.secret";
  if (!key.private) return "keys.half.public";
  return key.incomplete ? "keys.half.alone" : "keys.half.private";
}

// A value that stands in the key, or that was taken for granted.
function stated(key, name, value, isChosen = false) {
  if (key.stated.includes(name)) return [code(value)];
  return [code(value), " ", element("span", { class: "keys-aside" }, t(isChosen ? "keys.chosen-for" : "keys.not-stated"))];
}

function rows(key, purpose) {
  const list = [];
  if (key.problem) list.push(row(t("keys.row.problem"), element("span", { class: "keys-problem" }, `${key.problem.text} (${key.problem.code})`)));
  if (!key.kty) return [...list, row(t("keys.row.type"), key.summary)];
  list.push(row(t("keys.row.type"), t(types[key.kty]), " ", code(`kty ${key.kty}`)));
  if (key.crv) list.push(row(t(key.kty === "AKP" ? "keys.row.parameters" : "keys.row.curve"), code(key.crv)));
  if (key.bits) list.push(row(t("keys.row.size"), t("keys.bits", { bits: key.bits })));
  list.push(row(t("keys.row.strength"), strength(key)));
  list.push(row(t("keys.row.secrecy"), t(secrecy(key))));
  list.push(row("kid", key.kid === undefined ? t("keys.none") : code(key.kid)));
  if (key.alg) list.push(row("alg", ...stated(key, "alg", key.alg, purpose !== "auto")));
  if (key.use) list.push(row("use", ...stated(key, "use", key.use)));
  if (key.keyOps) list.push(row("key_ops", code(key.keyOps.join(", "))));
  if (key.thumbprint) {
    list.push(row(t("keys.row.thumbprint"), code(key.thumbprint)));
    list.push(row(t("keys.row.uri"), code(`urn:ietf:params:oauth:jwk-thumbprint:sha-256:${key.thumbprint}`)));
  } else if (key.incomplete) list.push(row(t("keys.row.thumbprint"), t("keys.incomplete")));
  return list;
}

function certificate(facts, place, key, now) {
  const expired = facts.notAfter.seconds < now;
  const early = facts.notBefore.seconds > now;
  const time = ({ seconds, iso }) => [element("time", { datetime: iso }, iso), " ", element("span", { class: "keys-aside" }, localTime(seconds))];
  const differs = place === 0 && key.certificateHash && facts.sha256 && facts.sha256 !== key.certificateHash;
  return element("table", {},
    element("caption", {}, t("keys.certificate", { number: place + 1 })),
    element("tbody", {},
      row(t("keys.row.subject"), code(facts.subject)),
      row(t("keys.row.issuer"), code(facts.issuer)),
      row(t("keys.row.not-before"), ...time(facts.notBefore), early ? element("strong", { class: "keys-problem" }, ` ${t("keys.certificate.early")}`) : null),
      row(t("keys.row.not-after"), ...time(facts.notAfter), expired ? element("strong", { class: "keys-problem" }, ` ${t("keys.certificate.expired")}`) : null),
      row(t("keys.row.serial"), code(facts.serialNumber)),
      facts.names.length > 0 ? row(t("keys.row.names"), element("ul", {}, facts.names.map((name) => element("li", {}, code(name))))) : null,
      facts.sha256 ? row("SHA-256", code(facts.sha256)) : null,
      differs ? row(t("keys.row.problem"), element("span", { class: "keys-problem" }, t("keys.certificate.hash"))) : null));
}

function tables(key, purpose, now) {
  const name = key.kid === undefined ? t("keys.nth", { number: key.index + 1 }) : t("keys.named", { name: key.kid });
  return [
    element("table", { "aria-label": name }, element("tbody", {}, rows(key, purpose))),
    (key.certificates ?? []).map((facts, place) => certificate(facts, place, key, now)),
  ].flat();
}

export function keyTables({ keys }, purpose) {
  const now = Math.floor(Date.now() / 1000);
  if (keys.length === 1) {
    const mark = keys[0].chosen ? element("p", { class: "keys-note" }, t("keys.chosen-only")) : null;
    return [mark, ...tables(keys[0], purpose, now)].filter(Boolean);
  }
  const first = Math.max(0, keys.findIndex((key) => key.chosen));
  return keys.map((key, place) => element("details", { class: "keys-one", open: place === first },
    element("summary", {}, `${t("keys.nth", { number: key.index + 1 })}: `, key.summary, key.kid === undefined ? null : [", ", code(key.kid)],
      key.chosen ? [" ", element("strong", { class: "keys-chosen" }, t("keys.chosen"))] : null),
    tables(key, purpose, now)));
}
