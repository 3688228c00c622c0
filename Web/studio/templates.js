// Begins a token: from a template, with a key made on the spot, signed at once.

import { clock } from "./bench.js";
import { byId, element, setText } from "./dom.js";
import { compose } from "./editors.js";
import { newSigningKey, signingAlgorithms } from "./keys-generate.js";
import { hasWebCrypto } from "./signature.js";
import { templates } from "./template-data.js";
import { t } from "./texts.js";

let bench = null;

export function start(theBench) {
  bench = theBench;
  byId("template-alg").replaceChildren(...signingAlgorithms.map((name) => element("option", { value: name }, name)));
  byId("template-alg").value = "ES256";
  byId("template").addEventListener("change", () => { byId("template-alg").value = chosen().alg; });
  byId("make").addEventListener("click", () => make(chosen(), byId("template-alg").value));
  byId("template-alg").addEventListener("new-key", () => replaceKey());
  bench.onUpdate(drawNames);
}

const chosen = () => templates.find(({ id }) => id === byId("template").value) ?? templates[0];

// Drawn again where the language has changed.
function drawNames() {
  if (byId("template").dataset.language === document.documentElement.lang) return;
  const before = byId("template").value;
  byId("template").dataset.language = document.documentElement.lang;
  byId("template").replaceChildren(...["specified", "vendor"].map((group) => element("optgroup", { label: t(`template.group.${group}`) },
    templates.filter((template) => template.group === group).map(({ id }) => element("option", { value: id }, t(`template.${id}`))))));
  byId("template").value = before || templates[0].id;
}

async function make(template, algorithm) {
  const key = await makeKey(algorithm);
  if (!key) return;
  const claims = template.claims(clock());
  const header = {
    alg: algorithm, ...(template.type && { typ: template.type }), kid: key.kid,
    ...(template.carriesKey && key.kty !== "oct" && { jwk: publicMembers(key) }),
  };
  if (template.carriesKey) delete header.kid;
  const audience = [claims.aud].flat()[0] ?? "";
  await bench.fill({
    token: "", key: JSON.stringify(key, null, 2), "key-form": "auto", issuer: claims.iss ?? "", audience, type: template.type ?? "",
    require: "", scopes: "", now: "", leeway: "30",
  }, "templates");
  byId("header-json").value = JSON.stringify(header, null, 2);
  byId("claims-json").value = JSON.stringify(claims, null, 2);
  await compose(true);
}

// A new key for the token that is there: the header names it, the token is signed with it.
async function replaceKey() {
  const stated = bench.seen.header.members?.find(({ name }) => name === "alg")?.valueText ?? "";
  const algorithm = signingAlgorithms.find((name) => `"${name}"` === stated) ?? byId("template-alg").value;
  const key = await makeKey(algorithm);
  if (!key) return;
  const header = [["alg", algorithm], ["kid", key.kid]].reduce((json, [name, value]) =>
    bench.judge.ask("edit", { json, name, value: JSON.stringify(value) }).json ?? json, byId("header-json").value);
  const claims = byId("claims-json").value;
  await bench.fill({ key: JSON.stringify(key, null, 2), "key-form": "auto" }, "templates");
  byId("header-json").value = header;
  byId("claims-json").value = claims;
  await compose(true);
}

// The members of a JWK that everybody may see.
function publicMembers({ kty, crv, x, y, n, e, alg, pub }) {
  const members = kty === "AKP" ? { kty, alg, pub } : { kty, crv, x, y, n, e };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

// A private JWK; its members are texts, so that nothing is lost in reading them here.
async function makeKey(algorithm) {
  setText(byId("template-note"), "");
  try {
    return JSON.parse(await newSigningKey(bench.judge, algorithm));
  } catch {
    setText(byId("template-note"), hasWebCrypto() ? t("webcrypto.browser-lacks", { algorithm }) : t("webcrypto.plain-http"));
    return null;
  }
}

