// What WebCrypto adds to Swift's report on keys: public halves computed from private ones, thumbprints and fingerprints.

import { fromBase64URL, hasWebCrypto, toBase64URL } from "./signature.js";

export async function sha256(bytes) {
  return hasWebCrypto() ? new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)) : null;
}

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const scheme = ({ kty, crv }) => {
  if (kty === "EC") return [{ name: "ECDSA", namedCurve: crv }, ["sign"]];
  if (crv === "X25519") return [{ name: "X25519" }, ["deriveBits"]];
  return [{ name: crv }, ["sign"]];
};

// The public members of a private key that Swift gave without them; null where this browser cannot compute them.
async function publicHalf(key) {
  try {
    const [algorithm, usages] = scheme(key);
    const imported = await crypto.subtle.importKey("pkcs8", fromBase64URL(key.derive), algorithm, true, usages);
    const { x, y, pub } = await crypto.subtle.exportKey("jwk", imported);
    return { x, y, pub };
  } catch {
    return null;
  }
}

// asked: { key, header } -> the report of Swift, each key with { thumbprint } and each certificate with { sha256 }, and
// `publics` for further questions about the same text.
export async function completed(judge, asked) {
  let report = judge.ask("key-report", asked);
  const publics = {};
  for (const key of report.keys) {
    const half = key.derive ? await publicHalf(key) : null;
    if (half) publics[key.index] = half;
  }
  if (Object.keys(publics).length > 0) report = judge.ask("key-report", { ...asked, publics });
  for (const key of report.keys) {
    // Asked and answered; no copy of a private key lies about.
    delete key.derive;
    const hash = key.canonical ? await sha256(new TextEncoder().encode(key.canonical)) : null;
    key.thumbprint = hash && toBase64URL(hash);
    for (const certificate of key.certificates ?? []) {
      const fingerprint = await sha256(fromBase64URL(certificate.der));
      certificate.sha256 = fingerprint && hex(fingerprint);
    }
  }
  return { ...report, publics };
}
