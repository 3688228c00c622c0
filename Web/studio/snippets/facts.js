// What the templates are filled with: everything that the bench judges by, and nothing that is secret.

import { askSignature } from "../signature.js";

const asciiLower = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

// A `typ` without a slash stands for application/… (RFC 7515 §4.1.9).
export function mediaType(type) {
  const lower = asciiLower(type);
  return lower.includes("/") ? lower : `application/${lower}`;
}

// said: the judge's answer to `verifier`. key: the one of its keys that signed; null with a secret. policy: as the bench has it.
export function factsOf(said, key, policy, { isBound = false, isFixedTime = false, now = 0 } = {}) {
  const required = policy.require.map((text) => {
    const at = text.indexOf("=");
    return at < 0 ? { name: text, text } : { name: text.slice(0, at), value: text.slice(at + 1), text };
  });
  const names = [...new Set(required.map(({ name }) => name))];
  const valued = required.filter(({ value }) => value !== undefined);
  const flags = new Set([
    said.algorithm, said.name, said.secretForm ? "secret" : "public", said.secretForm,
    policy.issuer !== null && "issuer", policy.audience !== null && "audience", policy.type !== null && "type",
    names.length > 0 && "names", valued.length > 0 && "valued", policy.scopes.length > 0 && "scopes",
    names.includes("exp") && "exp", isBound && "bound", isFixedTime && "fixed-time", policy.leeway > 3600 && "long-leeway",
    family(said.algorithm),
  ].filter(Boolean));
  return {
    algorithm: said.algorithm, name: said.name, flags,
    values: {
      issuer: policy.issuer ?? "", audience: policy.audience ?? "", type: policy.type ?? "", mediaType: mediaType(policy.type ?? ""),
      leeway: policy.leeway, now, alg: said.name, "key-alg": said.algorithm,
      plain: key?.plain ?? "", jwk: key?.jwk ?? "", jwks: key ? `{"keys":[${key.jwk}]}` : "", pem: (key?.pem ?? "").trim(),
      form: said.secretForm ?? "",
    },
    lists: {
      names: names.map((text) => ({ text })),
      "other-names": names.filter((name) => name !== "iss" && name !== "aud").map((text) => ({ text })),
      valued: valued.map(({ name, value }) => ({ name, value, text: name })),
      required: required.map(({ text }) => ({ text })),
      scopes: policy.scopes.map((text) => ({ text })),
    },
  };
}

function family(algorithm) {
  if (algorithm.startsWith("HS")) return "hmac";
  if (/^[RP]S/.test(algorithm)) return "rsa";
  if (algorithm.startsWith("ES")) return "ec";
  return algorithm.startsWith("Ed") ? "okp" : "akp";
}

// Where the token names no key and several could be meant, the one that its signature holds under; else the first.
export async function signingKey(said) {
  if (!said.keys) return null;
  for (const [index, key] of said.keys.length > 1 ? said.keys.entries() : []) {
    const answer = await askSignature({ ...said.question, keys: [said.question.keys[index]] });
    if (answer.holds) return key;
  }
  return said.keys[0] ?? null;
}
