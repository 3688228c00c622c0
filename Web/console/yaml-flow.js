// What stands on a line of YAML: plain and quoted scalars, [lists] and {maps}. JSON is all of this.

export class YAMLComplaint extends Error {
  constructor(message, line) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

const escapes = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", 0: "\0", "\\": "\\", "\"": "\"", "/": "/", " ": " " };

// Reads one value out of a text that may hold several lines, of which the first is the given one.
export class FlowReader {
  constructor(text, line, at = 0) {
    this.text = text;
    this.at = at;
    this.line = line;
  }

  fail(message) {
    throw new YAMLComplaint(message, this.line + (this.text.slice(0, this.at).match(/\n/g) ?? []).length);
  }

  skip() {
    for (;;) {
      while (/\s/.test(this.text[this.at] ?? "")) this.at += 1;
      if (this.text[this.at] !== "#" || (this.at > 0 && !/\s/.test(this.text[this.at - 1]))) return;
      while (this.at < this.text.length && this.text[this.at] !== "\n") this.at += 1;
    }
  }

  value(depth = 0) {
    if (depth > 64) this.fail("this is nested too deeply");
    this.skip();
    const first = this.text[this.at];
    if (first === "[") return this.list(depth);
    if (first === "{") return this.map(depth);
    if (first === "\"") return this.doubleQuoted();
    if (first === "'") return this.singleQuoted();
    return this.plain(/[,[\]{}\n]/);
  }

  list(depth) {
    const list = [];
    this.at += 1;
    for (;;) {
      this.skip();
      if (this.text[this.at] === "]") { this.at += 1; return list; }
      list.push(this.value(depth + 1));
      this.skip();
      if (this.text[this.at] === ",") this.at += 1;
      else if (this.text[this.at] !== "]") this.fail("a list needs a comma or its end here");
    }
  }

  map(depth) {
    const map = {};
    this.at += 1;
    for (;;) {
      this.skip();
      if (this.text[this.at] === "}") { this.at += 1; return map; }
      const name = /["']/.test(this.text[this.at] ?? "")
        ? this.value()
        : this.plain(/[,[\]{}\n]|:(?=\s|$|[[{"'])/, true);
      this.skip();
      if (this.text[this.at] !== ":") this.fail(`"${name}" needs a colon and a value`);
      this.at += 1;
      setMember(map, String(name), this.value(depth + 1), (message) => this.fail(message));
      this.skip();
      if (this.text[this.at] === ",") this.at += 1;
      else if (this.text[this.at] !== "}") this.fail("a map needs a comma or its end here");
    }
  }

  plain(end, isName = false) {
    const begin = this.at;
    while (this.at < this.text.length) {
      const rest = this.text.slice(this.at, this.at + 2);
      if (end.test(rest[0]) || (isName && /^:(\s|$|[[{"'])/.test(rest)) || /^\s#/.test(rest)) break;
      this.at += 1;
    }
    const text = this.text.slice(begin, this.at).trim();
    if (text === "" && !isName) return null;
    if (/^[&*!|>@`%]/.test(text)) this.fail(
      `${text[0]} has a meaning here that is not used: write the value in quotes`
    );
    return isName ? text : typed(text);
  }

  doubleQuoted() {
    let made = "";
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const letter = this.text[this.at];
      if (letter === "\"") { this.at += 1; return made; }
      if (letter !== "\\") { made += letter; continue; }
      this.at += 1;
      const escaped = this.text[this.at];
      // The end of a line that goes on below.
      if (escaped === "\n") {
        while (/[ \t]/.test(this.text[this.at + 1] ?? "")) this.at += 1;
        continue;
      }
      const digits = { x: 2, u: 4, U: 8 }[escaped];
      if (digits) {
        const code = Number.parseInt(this.text.slice(this.at + 1, this.at + 1 + digits), 16);
        if (!(code <= 0x10ffff)) this.fail("this escape names no character");
        made += escaped === "u" ? String.fromCharCode(code) : String.fromCodePoint(code);
        this.at += digits;
      } else if (escaped in escapes) made += escapes[escaped]; else this.fail(`\\${escaped ?? ""} is no escape`);
    }
    return this.fail("this text is not closed");
  }

  singleQuoted() {
    let made = "";
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      if (this.text[this.at] !== "'") { made += this.text[this.at]; continue; }
      if (this.text[this.at + 1] !== "'") { this.at += 1; return made; }
      made += "'";
      this.at += 1;
    }
    return this.fail("this text is not closed");
  }
}

// No name may reach the prototype of anything.
export function setMember(map, name, value, fail) {
  if (Object.hasOwn(map, name)) fail(`"${name}" stands here twice`);
  Object.defineProperty(map, name, { value, enumerable: true, writable: true, configurable: true });
}

// The types of YAML 1.2's core schema.
export function typed(text) {
  if (/^(?:null|~|)$/i.test(text)) return null;
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  if (/^[-+]?[0-9]+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  return text;
}
