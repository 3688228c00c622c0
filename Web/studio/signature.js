// The one thing asked of WebCrypto: does this signature hold? The question comes from the judge, with the key already
// chosen for its algorithm; nothing here reads the token.

const schemes = new Map([
  ["HS256", { key: { name: "HMAC", hash: "SHA-256" }, verify: { name: "HMAC" } }],
  ["RS256", { key: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, verify: { name: "RSASSA-PKCS1-v1_5" } }],
  ["ES256", { key: { name: "ECDSA", namedCurve: "P-256" }, verify: { name: "ECDSA", hash: "SHA-256" } }],
  ["Ed25519", { key: { name: "Ed25519" }, verify: { name: "Ed25519" } }],
]);

export const plainHTTP = "Browsers keep WebCrypto from pages that came over plain http. Open the Studio over https or from localhost.";

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
  if (!scheme) return { unable: `This page has no WebCrypto scheme for ${algorithm}.` };
  if (!globalThis.crypto?.subtle) return { unable: plainHTTP };
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

async function importKey({ format, data, jwk }, scheme, algorithm) {
  try {
    return { key: await crypto.subtle.importKey(format, jwk ?? fromBase64URL(data), scheme.key, false, ["verify"]) };
  } catch (error) {
    return { unable: error.name === "NotSupportedError"
      ? `This browser's WebCrypto does not know ${algorithm}.`
      : `The browser's WebCrypto refuses this key for ${algorithm}: its numbers are no such key.` };
  }
}
