// The issuer of the examples on the learn page: its keys are made when the page opens and never leave it. Public halves go
// to the judge as a server would have them; private halves can sign and cannot be exported.

import { toBase64URL } from "./signature.js";

const encoder = new TextEncoder();
const asJSON = (value) => toBase64URL(encoder.encode(JSON.stringify(value)));

export const issuerName = "https://login.example";
export const clock = () => Math.floor(Date.now() / 1000);
export const signingInput = (header, claims) => `${asJSON(header)}.${asJSON(claims)}`;

const schemes = {
  ES256: { make: { name: "ECDSA", namedCurve: "P-256" }, sign: { name: "ECDSA", hash: "SHA-256" } },
  RS256: {
    make: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    sign: { name: "RSASSA-PKCS1-v1_5" },
  },
};

export class Issuer {
  #privateKey;

  constructor(algorithm, pair) {
    this.algorithm = algorithm;
    this.#privateKey = pair.privateKey;
    this.publicKey = pair.publicKey;
  }

  static async make(algorithm) {
    return new Issuer(algorithm, await crypto.subtle.generateKey(schemes[algorithm].make, false, ["sign", "verify"]));
  }

  // The public key as the judge's key box takes it.
  async pem() {
    const der = new Uint8Array(await crypto.subtle.exportKey("spki", this.publicKey));
    const base64 = btoa(String.fromCharCode(...der));
    return `-----BEGIN PUBLIC KEY-----\n${base64.match(/.{1,64}/g).join("\n")}\n-----END PUBLIC KEY-----\n`;
  }

  async sign(input) {
    const signature = await crypto.subtle.sign(schemes[this.algorithm].sign, this.#privateKey, encoder.encode(input));
    return `${input}.${toBase64URL(new Uint8Array(signature))}`;
  }
}

// What the attacker of "RS256 key as a secret" does: anybody can, since the key is public.
export async function macUnder(text, input) {
  const scheme = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(text), scheme, false, ["sign", "verify"]);
  const signature = await crypto.subtle.sign(scheme, key, encoder.encode(input));
  const holds = await crypto.subtle.verify(scheme, key, signature, encoder.encode(input));
  return { token: `${input}.${toBase64URL(new Uint8Array(signature))}`, holds };
}
