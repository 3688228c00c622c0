// The workspace while it is open: the items, and what is done to them. Every change starts from what is stored at that moment, so
// that two tabs do not undo one another.

import { Vault, WorkspaceError, deleteAll, load, readDocument, replace } from "./workspace-store.js";

export const boxes = ["token", "key", "key-form", "issuer", "audience", "type", "require", "scopes", "now", "leeway"];
const longestName = 200;

export class Workspace {
  #vault = null;
  items = [];

  get isOpen() { return this.#vault !== null; }

  // -> whether one is there to be unlocked.
  static async exists() { return (await load()) !== null; }

  async create(passphrase) {
    const vault = await Vault.withNewSalt(passphrase);
    await replace(await vault.seal([]), null);
    this.#vault = vault;
    this.items = [];
  }

  async unlock(passphrase) {
    const document = await load();
    if (!document) throw new WorkspaceError("missing");
    const vault = await Vault.of(document, passphrase);
    this.items = await vault.open(document);
    this.#vault = vault;
  }

  lock() {
    this.#vault = null;
    this.items = [];
  }

  async deleteAll() {
    await deleteAll();
    this.lock();
  }

  save(name, values) {
    const item = { id: crypto.randomUUID(), name: tidy(name), saved: Math.floor(Date.now() / 1000), boxes: values };
    return this.#change((items) => [...items, item]);
  }

  rename(id, name) { return this.#change((items) => items.map((item) => (item.id === id ? { ...item, name: tidy(name) } : item))); }

  remove(id) { return this.#change((items) => items.filter((item) => item.id !== id)); }

  // Items whose name, issuer or audience holds every word; the newest first.
  search(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return this.items.filter(({ name, boxes: { issuer = "", audience = "" } }) => {
      const looked = `${name} ${issuer} ${audience}`.toLowerCase();
      return words.every((word) => looked.includes(word));
    }).sort((one, other) => other.saved - one.saved || one.name.localeCompare(other.name));
  }

  // The text of a file with everything, under this workspace's own passphrase.
  async exported() { return JSON.stringify(await this.#vault.seal(this.items), null, 1); }

  // The items of such a file; its passphrase may be another.
  static async itemsOf(text, passphrase) {
    const document = readDocument(text);
    return (await Vault.of(document, passphrase)).open(document);
  }

  // What an import would bring: { fresh, same, doubles: [{ item, own }] }. An item doubles one of the same name or origin that differs.
  compare(incoming) {
    const fresh = [];
    const doubles = [];
    let same = 0;
    for (const raw of incoming) {
      const item = { ...raw, name: tidy(raw.name), boxes: known(raw.boxes) };
      const own = this.items.find(({ id }) => id === item.id) ?? this.items.find(({ name }) => name === item.name);
      if (!own) fresh.push(item);
      else if (own.name === item.name && boxes.every((box) => (own.boxes[box] ?? "") === (item.boxes[box] ?? ""))) same += 1;
      else doubles.push({ item, own });
    }
    return { fresh, same, doubles };
  }

  // added: new items; replaced: [{ item, own }] where the item takes the place of one's own.
  merge(added, replaced) {
    const places = new Map(replaced.map(({ item, own }) => [own.id, { ...item, id: own.id }]));
    return this.#change((items) => [
      ...items.map((item) => places.get(item.id) ?? item),
      ...added.map((item) => (items.some(({ id }) => id === item.id) ? { ...item, id: crypto.randomUUID() } : item)),
    ]);
  }

  async #change(change) {
    const vault = this.#vault;
    if (!vault) throw new WorkspaceError("locked");
    for (let attempt = 1; ; attempt += 1) {
      const document = await load();
      if (!document) throw new WorkspaceError("missing");
      const items = change(await vault.open(document));
      try {
        await replace(await vault.seal(items), document.nonce);
      } catch (error) {
        if (error.code === "changed" && attempt < 5) continue;
        throw error;
      }
      // Locked meanwhile: it was saved, but nothing may lie open again.
      if (this.#vault === vault) this.items = items;
      return;
    }
  }
}

const tidy = (name) => name.replace(/\s+/g, " ").trim().slice(0, longestName).toWellFormed();
const known = (given) => Object.fromEntries(boxes.filter((box) => typeof given[box] === "string").map((box) => [box, given[box]]));

// How strong a passphrase looks: "short", "weak", "fair", "strong". Counts what a guesser cannot skip: repeats and runs add little.
export function strengthOf(passphrase, shortest) {
  const characters = [...passphrase.normalize("NFC")];
  if (characters.length < shortest) return "short";
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d\s]/].filter((kind) => kind.test(passphrase)).length;
  const steps = characters.slice(1).filter((character, index) => Math.abs(character.codePointAt(0) - characters[index].codePointAt(0)) > 1).length;
  const words = new Set(passphrase.toLowerCase().split(/[\s._-]+/).filter((word) => word.length > 2)).size;
  const points = Math.min(new Set(characters).size, steps) + classes * 2 + (words >= 4 ? 8 : 0) - (/pass|1234|qwert|letme|secret/i.test(passphrase) ? 6 : 0);
  return points < 14 ? "weak" : points < 20 ? "fair" : "strong";
}
