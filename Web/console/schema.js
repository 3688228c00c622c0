// What the description says of a value: references resolved, variants named, values sorted into what a form draws.

let components = {};

export function useComponents(description) { components = description.components?.schemas ?? {}; }

export function resolved(schema) {
  const name = schema?.$ref?.split("/").at(-1);
  return name === undefined ? schema ?? {} : resolved(components[name]);
}

// What a form draws for it: choice, yes-no, number, text, list, map, object, variants, or free (any value, as YAML).
export function shapeOf(given) {
  const schema = resolved(given);
  if (schema.oneOf) return "variants";
  if (schema.enum) return "choice";
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  if (type === "boolean") return "yes-no";
  if (type === "integer" || type === "number") return "number";
  if (type === "string") return "text";
  if (type === "array") return schema.items ? "list" : "free";
  if (type === "object" && schema.properties) return "object";
  if (type === "object" && schema.additionalProperties && schema.additionalProperties !== true) return "map";
  return "free";
}

// The ways to say a value of oneOf, each with a name: an enumeration gives one for each of its values.
export function variantsOf(given) {
  const variants = resolved(given).oneOf.flatMap((one) => {
    const schema = resolved(one);
    if (schema.enum) return schema.enum.map((value) => ({ name: String(value), fixed: value }));
    if ("const" in schema) return [{ name: schema.const === true ? "yes" : String(schema.const), fixed: schema.const }];
    const members = Object.keys(schema.properties ?? {});
    if (members.length === 1 && schema.required?.includes(members[0])) {
      return [{ name: members[0], member: members[0], schema: schema.properties[members[0]] }];
    }
    return [{ name: schema.type ?? "value", schema }];
  });
  // The same name by itself, and with something below it.
  const isTwice = ({ name, member }) => member && variants.some((other) => other.name === name && !other.member);
  return variants.map((variant) => ({
    ...variant,
    label: labelOf(variant.name) + (isTwice(variant) ? ", with settings" : ""),
  }));
}

// Which of the variants a value is; -1 for none.
export function variantOf(variants, value) {
  return variants.findIndex((variant) => {
    if ("fixed" in variant) return variant.fixed === value;
    if (variant.member) return isObject(value) && Object.hasOwn(value, variant.member);
    return ({
      string: "text",
      array: "list",
      object: "object",
      integer: "number",
      boolean: "yes-no",
    })[variant.schema.type] === kindOf(value);
  });
}

const kindOf = (value) => {
  if (Array.isArray(value)) return "list";
  return { string: "text", number: "number", boolean: "yes-no", object: "object" }[typeof value];
};

// A file may say a text as a number, such as a sum of money; the operations take it as a text.
export function withTexts(given, value) {
  const schema = resolved(given);
  if (typeof value === "number") return shapeOf(schema) === "text" ? String(value) : value;
  if (Array.isArray(value)) return schema.items ? value.map((one) => withTexts(schema.items, one)) : value;
  if (!isObject(value)) return value;
  const of = (name) => schema.properties?.[name] ?? schema.additionalProperties;
  return Object.fromEntries(Object.entries(value).map(
    ([name, one]) => [name, typeof of(name) === "object" ? withTexts(of(name), one) : one]
  ));
}

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// A member's name as a label: request-headers -> Request headers; client_id -> Client ID.
const capitals = new Map([
  ["id", "ID"],
  ["uris", "URIs"],
  ["uri", "URI"],
  ["tls", "TLS"],
  ["jwt", "JWT"],
  ["api", "API"],
  ["apis", "APIs"],
  ["url", "URL"], ["jwks", "JWKS"], ["dpop", "DPoP"], ["alg", "algorithm"]]);

export function labelOf(name) {
  const words = name.split(/[-_ ]/).map((word) => capitals.get(word) ?? word).join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
