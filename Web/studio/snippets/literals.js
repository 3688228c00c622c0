// Values as string literals of each language. What a token or a person says must stay data in code that somebody will run, so
// everything but plain printable ASCII is written as an escape: no quote ends early, nothing is interpolated, no line breaks, and
// no invisible or right-to-left character shows a reader another program than the one that runs.

const plain = (code) => code >= 0x20 && code < 0x7f;
const hex = (code, digits) => code.toString(16).padStart(digits, "0");

// quoted: what stands before and after. escaped: characters that get a backslash. other: how any other code point is written.
function escaping({ quote = '"', escaped, other }) {
  return (text) => {
    let out = quote;
    for (const character of text.toWellFormed()) {
      const code = character.codePointAt(0);
      if (escaped.includes(character)) out += `\\${character}`;
      else if (plain(code)) out += character;
      else out += other(code, character);
    }
    return out + quote;
  };
}

// UTF-16 units, for the languages whose strings are made of them.
const units = (write) => (_, character) => [...Array(character.length).keys()].map((index) => write(character.charCodeAt(index))).join("");
const braced = (code) => `\\u{${code.toString(16)}}`;
const wide = (code) => (code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`);
const unit = units((code) => `\\u${hex(code, 4)}`);

export const literals = {
  javascript: escaping({ escaped: '"\\', other: unit }),
  python: escaping({ escaped: '"\\', other: wide }),
  go: escaping({ escaped: '"\\', other: wide }),
  // `\(` would interpolate; the backslash itself is escaped.
  swift: escaping({ escaped: '"\\', other: braced }),
  rust: escaping({ escaped: '"\\', other: braced }),
  // The compiler reads \u before anything else (JLS §3.3): \u000a would be a line break in the source. Octal has no such trap.
  java: escaping({ escaped: '"\\', other: units((code) => (code < 0x100 ? `\\${code.toString(8).padStart(3, "0")}` : `\\u${hex(code, 4)}`)) }),
  csharp: escaping({ escaped: '"\\', other: unit }),
  // `$` and `{$` would interpolate.
  php: escaping({ escaped: '"\\$', other: braced }),
  shell,
};

const bytesOf = new TextEncoder();

// Single quotes keep everything but the single quote. What cannot be seen is written as octal bytes in $'…', which bash, zsh and
// ksh know (POSIX.1-2024 §2.2.4). A shell has no word with a zero byte in it: null.
function shell(text) {
  if (text.includes("\0")) return null;
  if (/^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  let out = "$'";
  for (const byte of bytesOf.encode(text)) {
    if (byte === 0x27 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`;
    else out += plain(byte) ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return `${out}'`;
}
