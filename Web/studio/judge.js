// The Swift judge: loads the WebAssembly module and carries questions and answers across as JSON in UTF-8.
// It has no imports, so all it can do is compute. Every question is answered by Swift or not at all.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Half a surrogate pair has no UTF-8; JSON would carry it on as an escape.
const wellFormed = (_, value) => (typeof value === "string" ? value.toWellFormed() : value);

export async function loadJudge() {
  const { wasm } = await import("./judge.wasm.js");
  const bytes = Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0));
  return new Judge(await WebAssembly.compile(bytes));
}

class Judge {
  #module;
  #exports = null;

  constructor(module) {
    this.#module = module;
    this.#exports = this.#fresh();
  }

  // Finds the token in a text, and reads as much of it as can be read.
  inspect(question) { return this.#ask("inspect", question); }

  // Says what a pasted key is.
  describeKey(question) { return this.#ask("describe_key", question); }

  // Judges everything that comes before the signature: refused, or the question for WebCrypto.
  plan(question) { return this.#ask("plan", question); }

  // Judges all of it, given WebCrypto's answer.
  judge(question) { return this.#ask("judge", question); }

  #ask(name, question) {
    const bytes = encoder.encode(JSON.stringify(question, wellFormed));
    try {
      const { alloc, release, memory, [name]: ask } = this.#exports;
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
