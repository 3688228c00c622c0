// Makes keys. WebCrypto draws them; Swift says what their name is computed over and writes them down.

import { element, setText } from "./dom.js";
import { choice, field, press, said } from "./keys-parts.js";
import { sha256 } from "./keys-public.js";
import { hasWebCrypto, toBase64URL } from "./signature.js";
import { t } from "./texts.js";

const makers = new Map();
// A shared secret, as long as the hash or the cipher wants it.
const secret = (name, length) => makers.set(name, async () => (
  { kty: "oct", k: toBase64URL(crypto.getRandomValues(new Uint8Array(length))) }));
const pair = (name, algorithm, usages) => makers.set(name, async (options) => {
  const keys = await crypto.subtle.generateKey(algorithm(options), true, usages);
  return crypto.subtle.exportKey("jwk", keys.privateKey);
});
const rsa = (name, hash) => ({ size }) => ({ name, hash, modulusLength: size, publicExponent: new Uint8Array([1, 0, 1]) });
const agreement = ({ curve }) => (curve === "X25519" ? { name: "X25519" } : { name: "ECDH", namedCurve: curve });

for (const [bits, curve] of [[256, "P-256"], [384, "P-384"], [512, "P-521"]]) {
  const hash = `SHA-${bits}`;
  secret(`HS${bits}`, bits / 8);
  pair(`RS${bits}`, rsa("RSASSA-PKCS1-v1_5", hash), ["sign", "verify"]);
  pair(`PS${bits}`, rsa("RSA-PSS", hash), ["sign", "verify"]);
  pair(`ES${bits}`, () => ({ name: "ECDSA", namedCurve: curve }), ["sign", "verify"]);
}
for (const name of ["Ed25519", "ML-DSA-65", "ML-DSA-87"]) pair(name, () => ({ name }), ["sign", "verify"]);
pair("RSA-OAEP-256", rsa("RSA-OAEP", "SHA-256"), ["encrypt", "decrypt"]);
for (const name of ["ECDH-ES", "ECDH-ES+A256KW"]) pair(name, agreement, ["deriveBits"]);
secret("A256KW", 32);
secret("A256GCM", 32);
secret("A256CBC-HS512", 64);

const groups = [
  ["keys.signatures", ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
    "Ed25519", "ML-DSA-65", "ML-DSA-87"]],
  ["keys.encryption", ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW", "A256KW", "A256GCM", "A256CBC-HS512"]],
];
const hasModulus = (name) => /^(RS|PS)/.test(name);
const hasCurve = (name) => name.startsWith("ECDH-ES");
// What not every browser has: each is tried once.
const recent = ["Ed25519", "ML-DSA-65", "ML-DSA-87", "X25519"];
let lacking = null;

async function lacks() {
  if (!hasWebCrypto()) return recent;
  const tried = recent.map(async (name) => {
    try {
      await crypto.subtle.generateKey({ name }, false, name === "X25519" ? ["deriveBits"] : ["sign", "verify"]);
      return null;
    } catch {
      return name;
    }
  });
  return (await Promise.all(tried)).filter(Boolean);
}

// A private JWK as text, named by its thumbprint (RFC 7638). A secret's hash would invite guessing, so its name is random.
async function make(judge, alg, options = { size: 2048, curve: "P-256" }) {
  const jwk = JSON.stringify(await makers.get(alg)(options));
  const { canonical } = judge.ask("key-name", { jwk, alg });
  const name = canonical ? await sha256(new TextEncoder().encode(canonical)) : crypto.getRandomValues(new Uint8Array(16));
  return judge.ask("key-name", { jwk, alg, kid: toBase64URL(name) }).text;
}

// A signing key for a token that is made on the spot: nothing in this page was ever somebody's secret.
export const newSigningKey = make;
export const signingAlgorithms = groups[0][1];

export function generatePanel(bench, put) {
  const region = element("div", { id: "keys-generate", class: "keys-region", role: "group", hidden: true });
  const algorithm = choice("keys-generate-alg", groups);
  const size = element("select", { id: "keys-generate-size" },
    ["2048", "3072", "4096"].map((bits) => element("option", { value: bits }, bits)));
  const curve = element("select", { id: "keys-generate-curve" },
    ["P-256", "P-384", "P-521", "X25519"].map((name) => element("option", { value: name }, name)));
  const sized = field("keys.generate.size", size);
  const curved = field("keys.generate.curve", curve);
  const now = press("keys.generate.now", { class: "keys-main" });
  const note = element("p", { class: "keys-note", role: "status" });
  region.append(
    element("div", { class: "keys-fields" },
      field("keys.generate.algorithm", algorithm), sized, curved, now),
    note);

  function draw() {
    sized.hidden = !hasModulus(algorithm.value);
    curved.hidden = !hasCurve(algorithm.value);
    for (const option of region.querySelectorAll("option")) {
      option.disabled = lacking?.includes(option.value) ?? false;
      setText(option, option.disabled ? t("keys.generate.lacking", { name: option.value }) : option.value);
    }
    const usable = hasWebCrypto();
    now.disabled = !usable;
    setText(note, usable ? (lacking?.length > 0 ? t("keys.generate.lacks", { names: lacking.join(", ") }) : "") : t("webcrypto.plain-http"));
  }

  region.addEventListener("opened", async () => {
    const header = bench.seen.header.members?.find(({ name }) => name === "alg");
    const wanted = header?.valueText.slice(1, -1);
    if (!lacking) {
      algorithm.value = "ES256";
      draw();
      lacking = await lacks();
    }
    if (makers.has(wanted) && !lacking.includes(wanted)) algorithm.value = wanted;
    draw();
  });
  algorithm.addEventListener("change", draw);
  now.addEventListener("click", async () => {
    const alg = algorithm.value;
    now.disabled = true;
    setText(note, hasModulus(alg) ? t("keys.generate.busy") : "");
    try {
      const text = await make(bench.judge, alg, { size: Number(size.value), curve: curve.value });
      draw();
      await put(text, t("keys.generate.done", { alg }));
    } catch {
      draw();
      setText(note, t("keys.generate.failed", { alg }));
    }
  });
  return { region, draw };
}
