// What is asked of WebCrypto about signatures: does this one hold, and what is the one of this text? The questions come from
// the judge, with the key already chosen for its algorithm; nothing here reads the token.

import { t } from "./texts.js";

const parameters = (key, verify = {}) => ({ key, verify: { name: key.name, ...verify } });
export const schemes = new Map();
for (const [bits, curve] of [[256, "P-256"], [384, "P-384"], [512, "P-521"]]) {
  const hash = `SHA-${bits}`;
  schemes.set(`HS${bits}`, parameters({ name: "HMAC", hash }));
  schemes.set(`RS${bits}`, parameters({ name: "RSASSA-PKCS1-v1_5", hash }));
  schemes.set(`PS${bits}`, parameters({ name: "RSA-PSS", hash }, { saltLength: bits / 8 }));
  schemes.set(`ES${bits}`, parameters({ name: "ECDSA", namedCurve: curve }, { hash }));
}
for (const name of ["Ed25519", "ML-DSA-65", "ML-DSA-87"]) schemes.set(name, parameters({ name }));

// Browsers keep WebCrypto from pages that came over plain http.
export const hasWebCrypto = () => Boolean(globalThis.crypto?.subtle);

export function fromBase64URL(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}

export function toBase64URL(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// -> { holds: true | false }, or { unable: sentence } when the browser could not answer. The judge sends more than one
// key only when the token does not say which one signed it.
export async function askSignature({ algorithm, keys, signingInput, signature }) {
  const scheme = schemes.get(algorithm);
  if (!scheme) return { unable: t("webcrypto.no-algorithm", { algorithm }) };
  if (!hasWebCrypto()) return { unable: t("webcrypto.plain-http") };
  const input = new TextEncoder().encode(signingInput);
  const bytes = fromBase64URL(signature);
  let unable = null;
  for (const key of keys) {
    const imported = await importKey(key, scheme, algorithm);
    if (imported.unable) unable = imported.unable;
    else if (await crypto.subtle.verify(scheme.verify, imported.key, bytes, input)) return { holds: true };
  }
  return unable ? { unable } : { holds: false };
}

// question: { algorithm, key: { format: "raw" | "pkcs8", data }, signingInput } -> { signature } as base64url, or { unable }.
export async function askToSign({ algorithm, key, signingInput }) {
  const scheme = schemes.get(algorithm);
  if (!scheme) return { unable: t("webcrypto.no-algorithm", { algorithm }) };
  if (!hasWebCrypto()) return { unable: t("webcrypto.plain-http") };
  const imported = await importKey(key, scheme, algorithm, "sign");
  if (imported.unable) return imported;
  const signature = await crypto.subtle.sign(scheme.verify, imported.key, new TextEncoder().encode(signingInput));
  return { signature: toBase64URL(new Uint8Array(signature)) };
}

async function importKey({ format, data, jwk }, scheme, algorithm, use = "verify") {
  try {
    return { key: await crypto.subtle.importKey(format, jwk ?? fromBase64URL(data), scheme.key, false, [use]) };
  } catch (error) {
    return { unable: t(error.name === "NotSupportedError" ? "webcrypto.browser-lacks" : "webcrypto.key-refused", { algorithm }) };
  }
}
