// The Swift judge: loads the WebAssembly module and carries questions and answers across as JSON in UTF-8.
// It has no imports, so all it can do is compute. Every question is answered by Swift or not at all.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Half a surrogate pair has no UTF-8; JSON would carry it on as an escape.
const wellFormed = (_, value) => (typeof value === "string" ? value.toWellFormed() : value);

// The small module, which can only take tokens apart: it is there before the whole one.
export const loadReader = async () => new Judge(await compiled((await import("./reader.wasm.js")).wasm), false);

// The whole module.
export const loadJudge = async () => new Judge(await compiled((await import("./judge.wasm.js")).wasm), true);

// text: gzip as base64.
async function compiled(text) {
  const bytes = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(unpacked).arrayBuffer());
}

class Judge {
  #module;
  #exports = null;

  constructor(module, isWhole) {
    this.#module = module;
    // Whether it judges, and not only reads.
    this.isWhole = isWhole;
    this.#exports = this.#fresh();
  }

  // name: a question of StudioJudge.swift, which says what else stands in it and what the answer is.
  ask(name, question) {
    const bytes = encoder.encode(JSON.stringify({ ...question, ask: name }, wellFormed));
    try {
      const { alloc, release, memory, ask } = this.#exports;
      const asked = alloc(bytes.length);
      new Uint8Array(memory.buffer, asked, bytes.length).set(bytes);
      const answered = ask(asked, bytes.length);
      release(asked);
      const length = new DataView(memory.buffer).getUint32(answered, true);
      const text = decoder.decode(new Uint8Array(memory.buffer, answered + 4, length));
      release(answered);
      const answer = JSON.parse(text);
      if (answer.error) throw new Error(answer.error);
      return answer;
    } catch (error) {
      // A trap leaves the instance's memory in an unknown state.
      this.#exports = this.#fresh();
      throw error;
    }
  }

  #fresh() {
    return new WebAssembly.Instance(this.#module, {}).exports;
  }
}
