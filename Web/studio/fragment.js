// What a link brings behind `#`, which browsers do not send to servers. Every form that jwt.io reads is read here too:
// #id_token=, #access_token=, #token=, #value=, #debugger-io?token=…, each with &publicKey=…; and what this page's own links add:
// issuer, audience, type and leeway. A link can never set a secret or a private key: whoever wrote it would know it.

const largestFragment = 2 << 20;
const largestKey = 64 << 10;
const largestExpectation = 2048;
const tokenNames = ["token", "id_token", "access_token", "value"];
const keyNames = ["publicKey", "key"];
const expectationNames = ["issuer", "audience", "type"];

// -> { token?, key?, "key-form"?, issuer?, audience?, type?, leeway? }, each for the box of its name, or null when the address holds
// nothing for this page. Takes it out of the address at once, so that it stands in no history and on no screen.
export function takeFragment() {
  const found = readFragment(location.hash.slice(1));
  keyOfLink = found?.key ?? keyOfLink;
  if (found) history.replaceState(history.state, "", location.pathname + location.search);
  return found && Object.keys(found).length > 0 ? found : null;
}

// The key that came with a link, for the page to say so; null when none did.
export let keyOfLink = null;

// -> the values, empty when the fragment was meant for this page but holds nothing that may be used; null when it was not.
export function readFragment(fragment) {
  if (fragment.length > largestFragment) return {};
  const given = parameters(fragment.replace(/^[\w-]*\?/, ""));
  if (![...tokenNames, ...keyNames, ...expectationNames, "leeway"].some((name) => given.get(name))) return null;
  const found = {};
  const first = (names) => names.map((name) => given.get(name)).find(Boolean);
  const token = first(tokenNames);
  if (token) found.token = token;
  const key = first(keyNames)?.replace(/-----(BEGIN|END)\+[A-Z+]+-----/g, (line) => line.replaceAll("+", " "));
  if (key && isPublicDocument(key)) Object.assign(found, { key, "key-form": "auto" });
  for (const name of expectationNames) {
    const value = given.get(name);
    if (value && value.length <= largestExpectation) found[name] = value;
  }
  if (/^\d{1,5}$/.test(given.get("leeway") ?? "") && Number(given.get("leeway")) <= 86_400) found.leeway = given.get("leeway");
  return found;
}

// Not URLSearchParams, which makes a space of `+`: it stands in the base64 of every other PEM. The first of a name counts.
function parameters(text) {
  const given = new Map();
  for (const pair of text.split("&")) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    if (at > 0 && !given.has(name)) given.set(name, decoded(pair.slice(at + 1)));
  }
  return given;
}

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

const publicLabels = new Set(["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"]);
const publicTypes = new Set(["RSA", "EC", "OKP", "AKP"]);
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

// Only a document that is nothing but public keys (RFC 7468, RFC 7517 §4): anything else might be read as a secret.
export function isPublicDocument(text) {
  const trimmed = text.trim();
  if (trimmed.length > largestKey) return false;
  if (trimmed.startsWith("-----BEGIN ")) {
    const labels = [...trimmed.matchAll(/-----BEGIN ([^\n-]*)-----/g)].map(([, label]) => label);
    return labels.length > 0 && labels.every((label) => publicLabels.has(label)) && !/PRIVATE/i.test(trimmed);
  }
  if (!trimmed.startsWith("{")) return false;
  try {
    const document = JSON.parse(trimmed);
    const keys = "keys" in document ? document.keys : [document];
    return Array.isArray(keys) && keys.length > 0 && keys.every(isPublicJWK) && !("keys" in document && privateMembers.some((name) => name in document));
  } catch {
    return false;
  }
}

const isPublicJWK = (jwk) => typeof jwk === "object" && jwk !== null && publicTypes.has(jwk.kty) && !privateMembers.some((name) => name in jwk);
