// Runs a list of cryptographic primitives that the judge wrote (PrimitiveSteps.swift says what stands in it), with WebCrypto.
// Nothing here knows what a token is: each step takes bytes and yields bytes under a name.

import { fromBase64URL, toBase64URL } from "./signature.js";

// The browser does not know a primitive; anything else that goes wrong is just a failure.
export class Unable extends Error {}

const subtle = () => {
  if (!globalThis.crypto?.subtle) throw new Unable("WebCrypto");
  return crypto.subtle;
};

export function randomText(length) {
  return toBase64URL(crypto.getRandomValues(new Uint8Array(length)));
}

// Chromium leaves out AES with 192 bits.
export async function knowsAES192() {
  try {
    await subtle().importKey("raw", new Uint8Array(24), "AES-GCM", false, ["encrypt"]);
    return true;
  } catch {
    return false;
  }
}

const agreement = (curve) => (curve === "X25519" ? { name: "X25519" } : { name: "ECDH", namedCurve: curve });
const material = ({ jwk, data }) => jwk ?? fromBase64URL(data);

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}

export class Primitives {
  #results = new Map();
  #pairs = new Map();

  // Throws Unable, or another error when a step fails.
  async run(steps) {
    for (const step of steps) {
      const work = primitives.get(step.do);
      if (!work) throw new Unable(step.do);
      try {
        const made = await work(step, (value) => this.#bytes(value), this.#pairs);
        if (step.as) this.#results.set(step.as, new Uint8Array(made));
      } catch (error) {
        throw error.name === "NotSupportedError" ? new Unable(step.curve ?? step.do) : error;
      }
    }
  }

  // What steps yielded, as base64url.
  results(names) {
    return Object.fromEntries(names.map((name) => [name, toBase64URL(this.#results.get(name))]));
  }

  #bytes(value) {
    if (typeof value === "string") return fromBase64URL(value);
    if (Array.isArray(value)) return joined(value.map((part) => this.#bytes(part)));
    return this.#results.get(value.of).subarray(value.from ?? 0, value.to);
  }
}

const aes = (name, use) => async ({ key, iv, with: text, data }, bytes) => {
  const made = await subtle().importKey("raw", bytes(key), name, false, [use]);
  const parameters = { name, iv: bytes(iv) };
  if (text) parameters.additionalData = bytes(text);
  return subtle()[use](parameters, made, bytes(data));
};

const rsa = (use) => async ({ key, hash, data }, bytes) => {
  const made = await subtle().importKey(key.format, material(key), { name: "RSA-OAEP", hash }, false, [use]);
  return subtle()[use]("RSA-OAEP", made, bytes(data));
};

const hmac = (key, hash, uses) => subtle().importKey("raw", key, { name: "HMAC", hash }, false, uses);

const primitives = new Map(Object.entries({
  "join": ({ data }, bytes) => bytes(data),

  "length": ({ data, length }, bytes) => {
    if (bytes(data).length !== length) throw new Error("length");
  },

  // Under a key of chance both have the same MAC or not; WebCrypto compares those, and time tells nothing about the texts.
  "same": async ({ left, right }, bytes) => {
    const key = await subtle().generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
    const mac = await subtle().sign("HMAC", key, bytes(left));
    if (!await subtle().verify("HMAC", key, mac, bytes(right))) throw new Error("same");
  },

  "digest": ({ hash, data }, bytes) => subtle().digest(hash, bytes(data)),

  "hmac": async ({ key, hash, data }, bytes) => subtle().sign("HMAC", await hmac(bytes(key), hash, ["sign"]), bytes(data)),

  "pbkdf2": async ({ password, salt, iterations, hash, length }, bytes) => {
    const key = await subtle().importKey("raw", bytes(password), "PBKDF2", false, ["deriveBits"]);
    return subtle().deriveBits({ name: "PBKDF2", hash, salt: bytes(salt), iterations }, key, length * 8);
  },

  "aes-gcm-encrypt": aes("AES-GCM", "encrypt"),
  "aes-gcm-decrypt": aes("AES-GCM", "decrypt"),
  "aes-cbc-encrypt": aes("AES-CBC", "encrypt"),
  "aes-cbc-decrypt": aes("AES-CBC", "decrypt"),

  // AES Key Wrap takes keys alone; one of HMAC may have any length.
  "aes-kw-wrap": async ({ key, data }, bytes) => {
    const wrapping = await subtle().importKey("raw", bytes(key), "AES-KW", false, ["wrapKey"]);
    const wrapped = await subtle().importKey("raw", bytes(data), { name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    return subtle().wrapKey("raw", wrapped, wrapping, "AES-KW");
  },
  "aes-kw-unwrap": async ({ key, data }, bytes) => {
    const wrapping = await subtle().importKey("raw", bytes(key), "AES-KW", false, ["unwrapKey"]);
    const found = await subtle().unwrapKey(
      "raw", bytes(data), wrapping, "AES-KW", { name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    return subtle().exportKey("raw", found);
  },

  "rsa-oaep-encrypt": rsa("encrypt"),
  "rsa-oaep-decrypt": rsa("decrypt"),

  "make-pair": async ({ as, curve }, _, pairs) => {
    const pair = await subtle().generateKey(agreement(curve), false, ["deriveBits"]);
    pairs.set(as, pair.privateKey);
    return subtle().exportKey("raw", pair.publicKey);
  },

  "agree": async ({ private: own, pair, public: other, curve, length }, _, pairs) => {
    const mine = own ? await subtle().importKey(own.format, material(own), agreement(curve), false, ["deriveBits"]) : pairs.get(pair);
    const theirs = await subtle().importKey(other.format, material(other), agreement(curve), false, []);
    return subtle().deriveBits({ name: agreement(curve).name, public: theirs }, mine, length * 8);
  },
}));
