// Reads the YAML that configurations are written in: block and flow form, quotes, comments, block texts. No anchors, aliases,
// tags and merge keys: the server takes none, either.

import { FlowReader, setMember, typed, YAMLComplaint } from "./yaml-flow.js";

export { YAMLComplaint };

// -> the value; throws YAMLComplaint. With `folds` a plain text may go on in lines that are indented further, which the server
// takes in no configuration.
export function readYAML(text, { folds = false } = {}) {
  const reader = new BlockReader(text.replaceAll("\r\n", "\n"), folds);
  reader.toContent();
  if (reader.current && /^---(\s|$)/.test(reader.current)) { reader.at += 1; reader.toContent(); }
  if (reader.current === undefined) return null;
  const value = reader.block(reader.indent(), 0);
  reader.toContent();
  if (reader.current !== undefined) reader.fail("this does not belong to what stands above it");
  return value;
}

const quotedName = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')\s*:(?:\s+|$)/;

// The name that a line begins with. -> { name, length } up to its value, or null. In steps that grow with the line, not its square.
function nameOfMember(text) {
  if (/^["']/.test(text)) {
    const found = quotedName.exec(text);
    if (!found) return null;
    const name = found[1] === undefined ? found[2].replaceAll("''", "'") : JSON.parse(`"${found[1]}"`);
    return { name, length: found[0].length };
  }
  const colon = text.search(/:(?:\s|$)/);
  const name = text.slice(0, Math.max(0, colon));
  if (colon < 1 || name.includes("#") || /^(?:[\s&*!|>%@`[\]{},]|-(?:[\s:]|$))/.test(name)) return null;
  return { name: name.trimEnd(), length: text.length - text.slice(colon + 1).trimStart().length };
}

class BlockReader {
  constructor(text, folds) {
    this.text = text;
    this.folds = folds;
    this.lines = text.split("\n");
    this.at = 0;
    // Where each line begins in the whole.
    this.starts = [];
    let start = 0;
    for (const line of this.lines) { this.starts.push(start); start += line.length + 1; }
  }

  get current() { return this.lines[this.at]; }
  fail(message) { throw new YAMLComplaint(message, this.at + 1); }

  toContent() {
    while (this.current !== undefined && /^\s*(#.*)?$/.test(this.current)) this.at += 1;
    if (this.current !== undefined && /^ *\t/.test(this.current)) this.fail("indent with spaces, not with tabs");
  }

  indent() { return this.current.length - this.current.trimStart().length; }

  block(indent, depth) {
    if (depth > 64) this.fail("this is nested too deeply");
    const text = this.current.slice(indent);
    if (/^-(\s|$)/.test(text)) return this.list(indent, depth);
    if (!/^[[{]/.test(text) && nameOfMember(text)) return this.map(indent, depth);
    return this.flow(text, indent - 1);
  }

  list(indent, depth) {
    const list = [];
    for (this.toContent(); this.current !== undefined && this.indent() === indent; this.toContent()) {
      const text = this.current.slice(indent);
      if (!/^-(\s|$)/.test(text)) break;
      const rest = text.slice(1).trimStart();
      if (rest === "" || rest.startsWith("#")) { list.push(this.below(indent, depth, false)); continue; }
      // What stands behind the dash begins a block of its own.
      const inner = this.current.length - rest.length;
      this.lines[this.at] = " ".repeat(inner) + rest;
      list.push(this.block(inner, depth + 1));
    }
    this.notDeeper(indent);
    return list;
  }

  map(indent, depth) {
    const map = {};
    for (this.toContent(); this.current !== undefined && this.indent() === indent; this.toContent()) {
      const text = this.current.slice(indent);
      const found = nameOfMember(text);
      if (!found || /^-(\s|$)/.test(text)) this.fail("a name, a colon and a value belong here");
      const { name } = found;
      if (name === "<<") this.fail("merge keys are not taken");
      const line = this.at;
      const value = this.valueOfMember(text.slice(found.length), indent, depth);
      setMember(map, name, value, (message) => { throw new YAMLComplaint(message, line + 1); });
    }
    this.notDeeper(indent);
    return map;
  }

  valueOfMember(rest, indent, depth) {
    if (rest === "" || rest.startsWith("#")) return this.below(indent, depth, true);
    const style = /^([|>])([-+]?)\s*(#.*)?$/.exec(rest);
    return style ? this.blockText(indent, style[1], style[2]) : this.flow(rest, indent);
  }

  below(indent, depth, mayBeListAtSameIndent) {
    this.at += 1;
    this.toContent();
    if (this.current === undefined) return null;
    const inner = this.indent();
    const isList = mayBeListAtSameIndent && inner === indent && /^-(\s|$)/.test(this.current.slice(inner));
    return inner > indent || isList ? this.block(inner, depth + 1) : null;
  }

  notDeeper(indent) {
    if (
      this.current !== undefined && this.indent() > indent
    ) this.fail("this is indented further than what it stands in");
  }

  // A value that begins on this line and may go on below, when it has brackets or quotes.
  flow(text, indent) {
    const line = this.at;
    if (!/^[[{"']/.test(text)) {
      if (/^[&*!|>@`%]/.test(text)) this.fail(
        `${text[0]} has a meaning here that is not used: write the value in quotes`
      );
      const value = text.replace(/\s#.*$/, "").trim();
      if (/:(\s|$)/.test(value)) this.fail("write a value with a colon in it in quotes");
      this.at += 1;
      return this.folds ? this.goesOn(value, indent) : typed(value);
    }
    const begin = this.starts[line] + this.current.length - text.length;
    const reader = new FlowReader(this.text, 1, begin);
    const value = reader.value();
    const read = reader.text.slice(begin, reader.at);
    const end = reader.text.indexOf("\n", reader.at);
    const tail = reader.text.slice(reader.at, end < 0 ? undefined : end);
    if (!/^\s*(#.*)?$/.test(tail) || (
      tail.trimStart().startsWith("#") && !/^\s/.test(tail)
    )) reader.fail("nothing more belongs behind this value");
    this.at = line + read.split("\n").length;
    return value;
  }

  // A plain text with the lines below it that are indented further than what it stands in.
  goesOn(first, indent) {
    const parts = [first];
    for (let isApart = false; this.current !== undefined; this.at += 1) {
      const line = this.current.trim();
      if (line === "") { isApart = true; continue; }
      if (this.indent() <= indent || line.startsWith("#")) break;
      parts.push(isApart ? "\n" : " ", line);
      isApart = false;
    }
    return parts.length === 1 ? typed(first) : parts.join("");
  }

  blockText(indent, style, chomping) {
    this.at += 1;
    const taken = [];
    let inner = null;
    while (this.current !== undefined) {
      const isBlank = this.current.trim() === "";
      if (!isBlank && inner === null) inner = this.indent();
      if (!isBlank && (this.indent() <= indent || this.indent() < inner)) break;
      taken.push(isBlank ? "" : this.current.slice(inner));
      this.at += 1;
    }
    while (taken.at(-1) === "") taken.pop();
    const text = taken.join("\n");
    const folded = style === "|" ? text : text.replace(/([^\n])\n(?=[^\n])/g, "$1 ");
    return chomping === "-" ? folded : `${folded}\n`;
  }
}
