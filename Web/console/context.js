// What a form needs to know of other objects: their names, for fields that refer to them.

import { allOf } from "./api.js";
import { pluralOf } from "./kinds.js";
import { resolved } from "./schema.js";

export async function contextFor(...schemas) {
  const wanted = new Set();
  for (const schema of schemas) gather(schema, wanted, new Set());
  const names = new Map();
  await Promise.all([...wanted].map(async (kind) => {
    // What the demo has is not stored, so nothing that is stored can refer to it.
    const rows = (pluralOf(kind) ? await allOf(`/${pluralOf(kind)}`) : []).filter(({ owner }) => owner !== "demo");
    names.set(kind, [...(kind === "issuer" ? ["built-in"] : []), ...rows.map(({ name }) => name)]);
  }));
  return { names: (kind) => names.get(kind) ?? [] };
}

function gather(given, wanted, seen) {
  const schema = resolved(given);
  if (typeof schema !== "object" || schema === null || seen.has(schema)) return;
  seen.add(schema);
  if (schema["x-refers-to"]) wanted.add(schema["x-refers-to"]);
  for (const one of [
    ...Object.values(schema.properties ?? {}),
    ...(schema.oneOf ?? []),
    schema.items,
    schema.additionalProperties,
  ]) {
    if (typeof one === "object") gather(one, wanted, seen);
  }
}
