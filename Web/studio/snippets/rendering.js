// Fills a template in. A template is data: { id, label, library, versions, install?, file?, run, literal, comment, algorithms?, names?, lines },
// and a line is
//   "text"                     always there
//   ["conditions", ...lines]   there when every condition holds; "!x" is its opposite, "x|y" either of them
//   ["*list", "text"]          once for each item of the list
//   ["//", "key"]              a comment: the sentence of that key
// In a text {{name}} is the value as a string literal of the language, {{name,}} the list's values as literals with commas,
// {{#name}} a number, {{:map}} the template's own word for the algorithm (names.map), {{=pem}} the PEM as it is.

import { literals } from "./literals.js";

const commentWidth = 80;
const placeholder = /\{\{([#:=]?)([\w-]+)(,?)\}\}/g;
// What a PEM is made of; it then ends no literal of any language.
const bare = /^[-A-Za-z0-9+/= \n]+$/;

// -> segments [{ kind: "code" | "literal" | "comment", text }], or null when a value cannot be written in this language.
export function render(template, facts, say) {
  const segments = [];
  for (const line of expand(template.lines, facts)) {
    if (line.comment) segments.push({ kind: "comment", text: comment(say(line.comment), `${line.indent}${template.comment} `) });
    else if (!write(segments, template, { ...facts.values, ...line.item }, facts, line.text)) return null;
  }
  return joined(segments);
}

export const plainText = (segments) => segments.map(({ text }) => text).join("");

function* expand(lines, facts) {
  for (const line of lines) {
    if (typeof line === "string") { yield { text: line }; continue; }
    const [head, ...rest] = line;
    if (head.trim() === "//") yield { comment: rest[0], indent: head.slice(0, head.indexOf("/")) };
    else if (head.startsWith("*")) for (const item of facts.lists[head.slice(1)]) for (const text of rest) yield { text, item };
    else if (holds(head, facts.flags)) yield* expand(rest, facts);
  }
}

const holds = (conditions, flags) => conditions.split(" ").every((condition) =>
  condition.split("|").some((flag) => (flag.startsWith("!") ? !flags.has(flag.slice(1)) : flags.has(flag))));

// Wrapped, since code is not: nobody reads what lies beyond the edge.
function comment(text, start) {
  let out = "";
  for (const sentence of text.split("\n")) {
    let line = start;
    for (const word of sentence.split(" ")) {
      if (line.length > start.length && line.length + word.length > commentWidth) {
        out += `${line.trimEnd()}\n`;
        line = start;
      }
      line += `${word} `;
    }
    out += `${line.trimEnd()}\n`;
  }
  return out;
}

function write(segments, template, values, facts, text) {
  const literal = literals[template.literal];
  let at = 0;
  for (const match of text.matchAll(placeholder)) {
    const [whole, kind, name, list] = match;
    segments.push({ kind: "code", text: text.slice(at, match.index) });
    at = match.index + whole.length;
    if (kind === ":") segments.push({ kind: "code", text: template.names[name][facts.algorithm] });
    else if (kind === "#") segments.push({ kind: "literal", text: String(Number(values[name])) });
    else if (kind === "=") {
      if (!bare.test(values[name])) return false;
      segments.push({ kind: "literal", text: values[name] });
    } else {
      const written = (list ? facts.lists[name].map((item) => item.text) : [values[name]]).map(literal);
      if (written.includes(null)) return false;
      segments.push({ kind: "literal", text: written.join(", ") });
    }
  }
  segments.push({ kind: "code", text: `${text.slice(at)}\n` });
  return true;
}

function joined(segments) {
  const out = [];
  for (const { kind, text } of segments) {
    if (text === "") continue;
    if (out.at(-1)?.kind === kind) out.at(-1).text += text; else out.push({ kind, text });
  }
  return out;
}
