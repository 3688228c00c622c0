// A value as YAML in block form, the way a person would write it.

const plain = /^[A-Za-z0-9_/.$+][A-Za-z0-9_/.$@+ ():=*{}-]*$/;
const otherwise = /^(?:null|true|false|yes|no|on|off|y|n|~|[-+.]?[0-9][0-9_.,:eExXoOa-fA-F+-]*|\.inf|\.nan)$/i;

// What could be an anchor, an alias or a tag: the server does not ask whether it stands within quotation marks.
const mark = /[^ -~][&*!]|[ :{}?-][&*!]/;
export const quoted = (value) => JSON.stringify(value).replace(/[&*!]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);

export function scalar(value) {
  if (typeof value !== "string") return JSON.stringify(value);
  const reads = plain.test(value) && !otherwise.test(value) && !value.endsWith(" ") && !/: |:$| #|[{}]/.test(value) && !mark.test(value);
  return reads ? value : quoted(value);
}

const isScalar = (value) => value === null || typeof value !== "object";
const isEmpty = (value) => (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0);

export function writeYAML(value, indent = "") {
  if (isScalar(value)) return `${indent}${scalar(value)}\n`;
  if (isEmpty(value)) return `${indent}${Array.isArray(value) ? "[]" : "{}"}\n`;
  if (Array.isArray(value)) return value.map((one) => item(one, indent)).join("");
  return Object.entries(value).map(([name, one]) => member(name, one, indent)).join("");
}

function member(name, value, indent) {
  if (isScalar(value) || isEmpty(value)) return `${indent}${scalar(name)}: ${writeYAML(value)}`;
  if (isShortList(value)) return `${indent}${scalar(name)}: [${value.map(inFlow).join(", ")}]\n`;
  return `${indent}${scalar(name)}:\n${writeYAML(value, `${indent}  `)}`;
}

function item(value, indent) {
  if (isScalar(value) || isEmpty(value)) return `${indent}- ${writeYAML(value)}`;
  // The first member stands behind the dash.
  return `${indent}- ${writeYAML(value, `${indent}  `).slice(indent.length + 2)}`;
}

const inFlow = (value) => {
  const text = scalar(value);
  return /^".*"$/.test(text) || !/[,[\]{}]/.test(text) ? text : quoted(value);
};
const isShortList = (value) => Array.isArray(value) && value.every(isScalar) && value.map(String).join(", ").length < 72;
