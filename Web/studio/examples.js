// Example tokens, made on the spot with fresh keys: nothing in this page was ever somebody's secret.

import { toBase64URL } from "./signature.js";

const encoder = new TextEncoder();
const encodeJSON = (value) => toBase64URL(encoder.encode(JSON.stringify(value)));

function pem(label, der) {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(der)));
  return `-----BEGIN ${label}-----\n${base64.match(/.{1,64}/g).join("\n")}\n-----END ${label}-----\n`;
}

async function publicJWK(key, extra) {
  const { kty, n, e, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  return { kty, ...(n && { n, e }), ...(crv && { crv, x }), ...(y && { y }), ...extra };
}

// Each shows another way to hand over a key: a secret, PEM, a JWK, a JWK set.
const makers = new Map([
  ["HS256", async () => {
    const secret = toBase64URL(crypto.getRandomValues(new Uint8Array(32)));
    const scheme = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", encoder.encode(secret), scheme, false, ["sign"]);
    return { key, scheme, text: secret };
  }],
  ["RS256", async () => {
    const scheme = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
    const pair = await crypto.subtle.generateKey(scheme, true, ["sign", "verify"]);
    return { key: pair.privateKey, scheme, text: pem("PUBLIC KEY", await crypto.subtle.exportKey("spki", pair.publicKey)) };
  }],
  ["ES256", async (kid) => {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const jwk = await publicJWK(pair.publicKey, { kid, alg: "ES256", use: "sig" });
    return { key: pair.privateKey, scheme: { name: "ECDSA", hash: "SHA-256" }, kid, text: JSON.stringify(jwk, null, 2) };
  }],
  ["Ed25519", async (kid) => {
    const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    const jwk = await publicJWK(pair.publicKey, { kid, alg: "Ed25519", use: "sig" });
    return { key: pair.privateKey, scheme: "Ed25519", kid, text: JSON.stringify({ keys: [jwk] }, null, 2) };
  }],
]);

// -> { token, key, issuer, audience, type }, everything as text for the boxes.
export async function makeExample(algorithm) {
  const { key, scheme, kid, text } = await makers.get(algorithm)(`key-${new Date().getUTCFullYear()}-a`);
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: algorithm, typ: "at+jwt", ...(kid && { kid }) };
  const claims = {
    iss: "https://login.example", sub: "5f2c9b1e", preferred_username: "ada", aud: "orders", client_id: "shop-web",
    roles: ["buyer"], scope: "orders:read orders:write", iat: now, exp: now + 3600,
    jti: toBase64URL(crypto.getRandomValues(new Uint8Array(12))),
  };
  const signingInput = `${encodeJSON(header)}.${encodeJSON(claims)}`;
  const signature = await crypto.subtle.sign(scheme, key, encoder.encode(signingInput));
  return {
    token: `${signingInput}.${toBase64URL(new Uint8Array(signature))}`, key: text,
    issuer: claims.iss, audience: claims.aud, type: header.typ,
  };
}
