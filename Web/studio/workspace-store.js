// The workspace at rest: one document, encrypted under a passphrase, in this browser's IndexedDB and in exported files alike.
//
// Format, version 1. The document is JSON:
//   { "format": "signet-workspace", "version": 1,
//     "kdf": { "name": "PBKDF2", "hash": "SHA-256", "iterations": 600000 or more, "salt": 16 bytes },
//     "nonce": 12 bytes, "ciphertext": bytes }
// with bytes in base64url without padding (RFC 4648 §5).
//   key         PBKDF2-HMAC-SHA-256 (RFC 8018 §5.2) over the UTF-8 of the passphrase in Unicode NFC; 256 bits. The salt is random, made
//               once for each passphrase.
//   ciphertext  AES-256-GCM (NIST SP 800-38D) with a tag of 128 bits. The nonce is 96 random bits, new at every write.
//   additional  the UTF-8 of "signet-workspace 1 ITERATIONS SALT", so that none of them can be changed unseen.
//   plaintext   the UTF-8 of { "version": 1, "items": [{ "id", "name", "saved": seconds since 1970, "boxes": { box: text } }] },
//               padded with spaces to whole KiB. Names, counts and times are inside: outside, only the rough size shows.
// Nothing is written, not even an empty database, before `create`. The passphrase is not kept; the key cannot be exported.

import { fromBase64URL, toBase64URL } from "./signature.js";

export const shortestPassphrase = 12;
export const iterations = 600_000;
export const largestFile = 32 << 20;
const mostIterations = 10_000_000;
const block = 1024;
const name = "signet-studio-workspace";
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

// Why something could not be done: "passphrase", "unreadable", "missing", "changed", "storage". Never says more.
export class WorkspaceError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// A workspace that has been opened: its key, and the salt and count that it came by.
export class Vault {
  #key;
  #kdf;

  constructor(key, kdf) {
    this.#key = key;
    this.#kdf = kdf;
  }

  static async withNewSalt(passphrase) {
    const kdf = { name: "PBKDF2", hash: "SHA-256", iterations, salt: toBase64URL(crypto.getRandomValues(new Uint8Array(16))) };
    return new Vault(await derive(passphrase, kdf), kdf);
  }

  // The key for a document that is there already; `open` tells whether the passphrase was right.
  static async of(document, passphrase) {
    return new Vault(await derive(passphrase, document.kdf), document.kdf);
  }

  async open(document) {
    if (document.kdf.salt !== this.#kdf.salt || document.kdf.iterations !== this.#kdf.iterations) throw new WorkspaceError("changed");
    let plaintext;
    try {
      plaintext = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: fromBase64URL(document.nonce), additionalData: additional(this.#kdf) }, this.#key, fromBase64URL(document.ciphertext));
    } catch {
      throw new WorkspaceError("passphrase");
    }
    try {
      const { version, items } = JSON.parse(decoder.decode(plaintext));
      if (version !== 1 || !Array.isArray(items)) throw new WorkspaceError("unreadable");
      return items.filter(isItem);
    } catch {
      throw new WorkspaceError("unreadable");
    }
  }

  async seal(items) {
    const json = encoder.encode(JSON.stringify({ version: 1, items }));
    const plaintext = new Uint8Array(Math.ceil((json.length + 1) / block) * block).fill(0x20);
    plaintext.set(json);
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: additional(this.#kdf) }, this.#key, plaintext);
    return { format: "signet-workspace", version: 1, kdf: this.#kdf, nonce: toBase64URL(nonce), ciphertext: toBase64URL(new Uint8Array(sealed)) };
  }
}

const additional = ({ iterations: count, salt }) => encoder.encode(`signet-workspace 1 ${count} ${salt}`);

async function derive(passphrase, { iterations: count, salt }) {
  const base = await crypto.subtle.importKey("raw", encoder.encode(passphrase.normalize("NFC")), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", iterations: count, salt: fromBase64URL(salt) }, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const isItem = (item) => typeof item?.id === "string" && typeof item.name === "string" && Number.isSafeInteger(item.saved)
  && typeof item.boxes === "object" && item.boxes !== null && Object.values(item.boxes).every((text) => typeof text === "string");

const isBytes = (text, least, most) => typeof text === "string" && /^[\w-]*$/.test(text) && text.length % 4 !== 1
  && text.length * 3 / 4 >= least && text.length * 3 / 4 < most + 1;

// The text of a file or what the database holds -> a document that may be opened. Weak derivations are refused, and costs that would
// stop the browser too.
export function readDocument(text) {
  let document;
  try { document = typeof text === "string" ? JSON.parse(text) : text; } catch { throw new WorkspaceError("unreadable"); }
  const kdf = document?.kdf;
  const good = document?.format === "signet-workspace" && document.version === 1 && kdf?.name === "PBKDF2" && kdf.hash === "SHA-256"
    && Number.isSafeInteger(kdf.iterations) && kdf.iterations >= iterations && kdf.iterations <= mostIterations
    && isBytes(kdf.salt, 16, 64) && isBytes(document.nonce, 12, 12) && isBytes(document.ciphertext, 16, largestFile);
  if (!good) throw new WorkspaceError("unreadable");
  return {
    format: document.format, version: 1, kdf: { name: kdf.name, hash: kdf.hash, iterations: kdf.iterations, salt: kdf.salt },
    nonce: document.nonce, ciphertext: document.ciphertext,
  };
}

// The database: one object store, one entry.

// -> null when there is no database and none was asked for; asking leaves no trace.
function open({ create }) {
  return new Promise((resolve, reject) => {
    let request;
    try { request = indexedDB.open(name, 1); } catch { reject(new WorkspaceError("storage")); return; }
    request.onupgradeneeded = () => {
      if (create) request.result.createObjectStore("documents"); else request.transaction.abort();
    };
    request.onsuccess = () => {
      // Another tab that deletes everything must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => {
      if (!create && request.error?.name === "AbortError") resolve(null); else reject(new WorkspaceError("storage"));
    };
    request.onblocked = () => reject(new WorkspaceError("storage"));
  });
}

// Runs one transaction; `act(store, answer)` may call `answer` once.
async function transact(mode, act, { create = false } = {}) {
  const database = await open({ create });
  if (!database) {
    if (mode === "readwrite") throw new WorkspaceError("missing");
    return null;
  }
  try {
    return await new Promise((resolve, reject) => {
      let answered = null;
      const transaction = database.transaction("documents", mode, { durability: "strict" });
      transaction.oncomplete = () => resolve(answered);
      transaction.onabort = () => reject(answered instanceof WorkspaceError ? answered : new WorkspaceError("storage"));
      act(transaction.objectStore("documents"), (value) => {
        answered = value;
        if (value instanceof WorkspaceError) transaction.abort();
      });
    });
  } finally {
    database.close();
  }
}

// -> the document, or null where the workspace was never switched on.
export async function load() {
  const found = await transact("readonly", (store, answer) => {
    const request = store.get("workspace");
    request.onsuccess = () => answer(request.result ?? null);
  });
  return found === null ? null : readDocument(found);
}

// Puts a document in place of the one that had `nonce` (null: of none). Refused when another tab was faster.
export function replace(document, nonce) {
  return transact("readwrite", (store, answer) => {
    const request = store.get("workspace");
    request.onsuccess = () => {
      if ((request.result?.nonce ?? null) !== nonce) answer(new WorkspaceError("changed")); else store.put(document, "workspace");
    };
  }, { create: nonce === null });
}

export function deleteAll() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new WorkspaceError("storage"));
  });
}
