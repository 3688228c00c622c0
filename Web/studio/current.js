// Which signature algorithms this browser's WebCrypto knows, asked here and now instead of believed.

import { byId, element } from "./dom.js";
import { applyTheme } from "./theme.js";

applyTheme();

const rsa = { hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
const asked = [
  ["HS256", { name: "HMAC", hash: "SHA-256" }],
  ["RS256", { name: "RSASSA-PKCS1-v1_5", ...rsa }],
  ["PS256", { name: "RSA-PSS", ...rsa }],
  ["ES256", { name: "ECDSA", namedCurve: "P-256" }],
  ["ES384", { name: "ECDSA", namedCurve: "P-384" }],
  ["ES512", { name: "ECDSA", namedCurve: "P-521" }],
  ["Ed25519", { name: "Ed25519" }],
  ["ML-DSA-44", { name: "ML-DSA-44" }],
  ["ML-DSA-65", { name: "ML-DSA-65" }],
  ["ML-DSA-87", { name: "ML-DSA-87" }],
];

async function knows(scheme) {
  try {
    await crypto.subtle.generateKey(scheme, false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

async function start() {
  const list = byId("browser-answers");
  if (globalThis.crypto?.subtle) {
    const rows = await Promise.all(asked.map(async ([name, scheme]) => {
      const answer = await knows(scheme);
      return element("li", { "data-algorithm": name, "data-known": String(answer) },
        element("code", {}, name), element("span", {}, answer ? "known" : "not known"));
    }));
    list.replaceChildren(...rows);
  } else {
    list.replaceChildren(element("li", {}, "This page came over plain http, so the browser keeps WebCrypto from it."));
  }
  document.documentElement.dataset.studio = "ready";
}

start();
