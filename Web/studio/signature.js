// The one thing asked of WebCrypto: does this signature hold? The question comes from the judge, with the key already
// chosen for its algorithm; nothing here reads the token.

const parameters = (key, verify = {}) => ({ key, verify: { name: key.name, ...verify } });
const schemes = new Map();
for (const [bits, curve] of [[256, "P-256"], [384, "P-384"], [512, "P-521"]]) {
  const hash = `SHA-${bits}`;
  schemes.set(`HS${bits}`, parameters({ name: "HMAC", hash }));
  schemes.set(`RS${bits}`, parameters({ name: "RSASSA-PKCS1-v1_5", hash }));
  schemes.set(`PS${bits}`, parameters({ name: "RSA-PSS", hash }, { saltLength: bits / 8 }));
  schemes.set(`ES${bits}`, parameters({ name: "ECDSA", namedCurve: curve }, { hash }));
}
for (const name of ["Ed25519", "ML-DSA-65", "ML-DSA-87"]) schemes.set(name, parameters({ name }));

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
  if (!scheme) return { unable: `No browser's WebCrypto knows ${algorithm}, so this page cannot check it; signet verify may.` };
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
