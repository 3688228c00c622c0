// A link that opens the Studio with what lies here. Everything stands behind `#`, so no server hears of it; but whoever has the link
// has the token. A secret or a private key never goes into a link: of a private key, its public half is offered.

import { byId, copyFrom, element, setText } from "./dom.js";
import { keyOfLink } from "./fragment.js";
import { localTime } from "./moments.js";
import { t, translate } from "./texts.js";

const longLink = 8000;
const expectations = ["issuer", "audience", "type", "leeway"];
let bench = null;
let dialog = null;

export function start(onBench) {
  bench = onBench;
  const open = element("button", { type: "button", id: "share-open", "data-t": "share.open", "aria-haspopup": "dialog" });
  open.addEventListener("click", () => { draw(); dialog.showModal(); });
  const came = element("p", { class: "toolbar-note", id: "share-came", "data-t": "share.came", hidden: true });
  byId("tools-panel").append(came, open);
  dialog = build();
  document.body.append(dialog);
  translate(byId("tools-panel"));
  translate(dialog);
  bench.onUpdate(() => {
    open.disabled = !bench.seen.token;
    came.hidden = keyOfLink === null || byId("key").value !== keyOfLink;
    if (dialog.open) draw();
  });
}

// options: { withSignature, withKey, withExpectations }, what: what `contents` found. -> the link.
export function linkOf(contents, { withSignature, withKey, withExpectations }, address = location.origin + location.pathname) {
  const parts = contents.token.split(".");
  const token = withSignature || parts.length !== 3 ? contents.token : `${parts[0]}.${parts[1]}.`;
  const given = [["token", token]];
  if (withKey && contents.key) given.push(["publicKey", contents.key]);
  if (withExpectations) for (const name of expectations) if (contents[name]) given.push([name, contents[name]]);
  return `${address}#${given.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join("&")}`;
}

// What could go into a link. The key comes from the judge, which has nothing but public halves to give here.
function contents() {
  const { issuer, audience, type } = bench.policy;
  const found = bench.judge.ask("public-keys", { key: bench.keyQuestion });
  const leeway = bench.leeway === null || bench.leeway === 30 ? "" : String(bench.leeway);
  return {
    token: bench.seen.token, key: found.document ?? "", count: found.keys.length, hasSecret: found.hasSecret, hasPrivate: found.hasPrivate,
    issuer: issuer ?? "", audience: audience ?? "", type: type ?? "", leeway,
  };
}

function build() {
  const choice = (id, key) => element("label", { class: "choice", for: id }, element("input", { type: "checkbox", id, checked: true, "aria-describedby": `${id}-note` }),
    element("span", {}, element("span", { "data-t": key }), element("small", { id: `${id}-note` })));
  const copy = element("button", { type: "button", class: "primary", "data-t": "share.copy" });
  const close = element("button", { type: "button", "data-t": "share.close" });
  copyFrom(copy, () => byId("share-link").value);
  close.addEventListener("click", () => dialog.close());
  const made = element("dialog", { class: "sheet", id: "share", "aria-labelledby": "share-title" },
    element("h2", { id: "share-title", "data-t": "share.title" }),
    element("p", { class: "sheet-intro", "data-t": "share.intro" }),
    element("p", { class: "sheet-warning", id: "share-warning", role: "status" }),
    element("fieldset", { class: "choices" }, element("legend", { "data-t": "share.holds" }),
      choice("share-signature", "share.signature"), choice("share-key", "share.key"), choice("share-expectations", "share.expectations")),
    element("dl", { class: "held", id: "share-held" }),
    element("label", { class: "sheet-label", for: "share-link", "data-t": "share.link" }),
    element("textarea", { class: "plain", id: "share-link", rows: 3, readonly: true, spellcheck: "false" }),
    element("p", { class: "sheet-note", id: "share-length" }),
    element("div", { class: "sheet-buttons" }, close, copy));
  made.addEventListener("change", draw);
  return made;
}

function draw() {
  const held = contents();
  const hasSignature = held.token.split(".").length === 3 && !held.token.endsWith(".");
  const hasExpectations = expectations.some((name) => held[name]);
  const on = {
    withSignature: settle("share-signature", hasSignature, t(hasSignature ? "share.signature-note" : "share.no-signature")),
    withKey: settle("share-key", held.key !== "", keyNote(held)),
    withExpectations: settle("share-expectations", hasExpectations, t(hasExpectations ? "share.expectations-note" : "share.no-expectations")),
  };
  // What has no signature of its own to leave out goes whole.
  const whole = on.withSignature || !hasSignature;
  const link = linkOf(held, { ...on, withSignature: whole });
  byId("share-link").value = link;
  byId("share-held").replaceChildren(...rows(held, { ...on, whole }).flatMap(([term, text]) => [element("dt", {}, term), element("dd", {}, text)]));
  const warning = warningOf(hasSignature ? on.withSignature : false);
  byId("share-warning").dataset.level = warning.level;
  setText(byId("share-warning"), warning.text);
  setText(byId("share-length"), t(link.length > longLink ? "share.too-long" : "share.length", { count: link.length.toLocaleString(document.documentElement.lang) }));
}

// -> whether it goes into the link.
function settle(id, possible, note) {
  byId(id).disabled = !possible;
  setText(byId(`${id}-note`), note);
  return possible && byId(id).checked;
}

function keyNote({ key, count, hasSecret, hasPrivate }) {
  if (key && hasPrivate) return t("share.public-half");
  if (key) return t("share.public-key", { count });
  if (hasSecret) return t("share.secret-stays");
  return t(hasPrivate ? "share.private-stays" : "share.no-key");
}

function rows(held, { whole, withKey, withExpectations }) {
  const parts = held.token.split(".");
  const shown = (text) => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
  return [
    [t("share.row-token"), whole ? shown(held.token) : t("share.without-signature", { text: shown(`${parts[0]}.${parts[1]}.`) })],
    ...(withKey ? [[t("share.row-key"), shown(held.key)]] : []),
    ...(withExpectations ? expectations.filter((name) => held[name]).map((name) => [t(`share.row-${name}`), shown(held[name])]) : []),
  ];
}

// What the reader of a link can do with it; times are taken as the claims say, whoever signed them.
function warningOf(withSignature) {
  if (!withSignature) return { level: "note", text: t("share.readable") };
  const time = (name) => bench.seen.claims.members?.find((member) => member.name === name)?.time;
  const expiry = time("exp");
  const now = Math.floor(Date.now() / 1000);
  if (!expiry) return { level: "danger", text: t("share.never-ends") };
  if (expiry.seconds <= now) return { level: "note", text: t("share.expired") };
  return { level: "danger", text: t("share.still-valid", { time: localTime(expiry.seconds) }) };
}
