// One field of a form for one value, by its schema. A field is { node, read }: read() gives the value, or undefined when nothing
// was said. Complaints find a field by the JSON pointer in data-pointer.

import { button, element, freshId, neededMark, put } from "./dom.js";
import { listField, mapField } from "./fields-many.js";
import { textField } from "./fields-text.js";
import { labelOf, resolved, shapeOf, variantOf, variantsOf } from "./schema.js";

const SHOWN = 8;

// -> a field. `context` has names(kind), the names of objects of a kind; `changed` is told of every change.
// `always` keeps it from being left out, as an item of a list; `bare` leaves label and help to what is around it.
export function field(given, { label, pointer, value, required = false, always = false, context, bare = false }) {
  const schema = resolved(given);
  const options = { label, pointer, value, required, always, context, bare };
  switch (shapeOf(schema)) {
    case "choice": return choiceField(schema, options);
    case "yes-no": return choiceField({ ...schema, enum: [true, false] }, options);
    case "object": return objectField(schema, options);
    case "variants": return variantsField(schema, options);
    case "list": return listField(schema, options);
    case "map": return mapField(schema, options);
    default: return textField(schema, options);
  }
}

// Label, help and complaint around a control.
export function framed(control, schema, { label, pointer, required, bare }) {
  control.id ||= freshId("field");
  const help = schema.description && !bare
    ? element("p", { class: "help", id: freshId("help") }, schema.description)
    : null;
  const complaint = element("p", { class: "complaint", id: freshId("complaint"), hidden: true });
  control.setAttribute("aria-describedby", [help?.id, complaint.id].filter(Boolean).join(" "));
  if (required && !bare) control.setAttribute("aria-required", "true");
  const title = bare ? null : element("label", { for: control.id }, label, required ? neededMark() : null);
  if (bare) control.setAttribute("aria-label", label);
  return element("div", { class: "field", "data-pointer": pointer }, title, control, help, complaint);
}

export const words = { true: "yes", false: "no", null: "none" };

function choiceField(schema, options) {
  const values = schema.enum;
  const unsaid = options.required && options.value === undefined
    ? "Choose…"
    : schema.default !== undefined ? `Not said (${words[schema.default] ?? schema.default})` : "Not said";
  const select = element("select", {}, element("option", { value: "" }, unsaid),
    values.map((one, at) => element("option", { value: at }, words[one] ?? String(one))));
  const at = values.indexOf(options.value);
  select.value = at < 0 ? "" : String(at);
  return {
    node: framed(select, schema, options),
    read: () => (select.value === "" ? undefined : values[Number(select.value)]),
  };
}

// The members one below the other: what is needed or said and the first few openly, the rest behind a line that opens.
export function membersOf(schema, { pointer, value = {}, context }) {
  const required = schema.required ?? [];
  const entries = Object.entries(schema.properties);
  const fields = entries.map(([name, member]) => [name, field(member, {
    label: labelOf(name), pointer: `${pointer}/${escaped(name)}`, value: value[name], required: required.includes(name), context,
  })]);
  const isOpen = ([name], at) => at < SHOWN || required.includes(name) || value[name] !== undefined;
  const open = fields.filter(isOpen);
  const rest = fields.filter((one, at) => !isOpen(one, at));
  const node = element("div", { class: "members" }, open.map(([, one]) => one.node));
  if (rest.length > 0) {
    put(node, element("details", { class: "more" }, element("summary", {}, `${rest.length} more settings`),
      element("div", { class: "members" }, rest.map(([, one]) => one.node))));
  }
  return {
    node,
    read() {
      const made = {};
      for (const [name, one] of fields) {
        const said = one.read();
        if (said !== undefined) made[name] = said;
      }
      return made;
    },
  };
}

export const escaped = (name) => name.replaceAll("~", "~0").replaceAll("/", "~1");

// A box around fields that belong together, which can be a complaint's place itself.
export function boxed({ label, pointer, required, bare }, schema, ...content) {
  const complaint = element("p", { class: "complaint", hidden: true });
  return element("fieldset", { "data-pointer": pointer },
    element("legend", { class: bare ? "unseen" : null }, label, required ? neededMark() : null),
    schema.description ? element("p", { class: "help" }, schema.description) : null, complaint, content);
}

// An object inside another: left out as a whole until somebody adds it.
function objectField(schema, options) {
  const place = element("div");
  const isKept = options.required || options.always || options.bare;
  let members = null;
  const adder = button(
    `Add ${lower(options.label)}`,
    () => { begin({}); place.querySelector("input, select, textarea, button")?.focus(); },
    { class: "add" },
  );
  const remover = button(
    `Leave out ${lower(options.label)}`,
    () => { members = null; place.replaceChildren(adder); adder.focus(); },
    { class: "quiet" },
  );
  function begin(value) {
    members = membersOf(schema, { pointer: options.pointer, value, context: options.context });
    place.replaceChildren(members.node);
    if (!isKept) place.append(remover);
  }
  if (options.value !== undefined || isKept) begin(options.value ?? {}); else place.append(adder);
  return { node: boxed(options, options.bare ? {} : schema, place), read: () => members?.read() };
}

export const lower = (label) => (/^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label);

// One of several ways to say it: which one, and then what belongs to it.
function variantsField(schema, options) {
  const variants = variantsOf(schema);
  const select = element("select", {},
    element("option", { value: "" }, options.required || options.always ? "Choose…" : "Not said"),
    variants.map((variant, at) => element("option", { value: at }, variant.label)));
  const place = element("div", { class: "variant" });
  let inner = null;
  function show(value) {
    const variant = variants[Number(select.value)];
    inner = null;
    place.replaceChildren();
    if (select.value === "" || "fixed" in variant) return;
    const pointer = variant.member ? `${options.pointer}/${escaped(variant.member)}` : options.pointer;
    inner = field(variant.schema, {
      label: variant.label, pointer, value: variant.member
        ? value?.[variant.member]
        : value, required: true, bare: true, context: options.context,
    });
    place.append(inner.node);
  }
  const at = options.value === undefined ? -1 : variantOf(variants, options.value);
  select.value = at < 0 ? "" : String(at);
  show(options.value);
  select.addEventListener("change", () => show(undefined));
  const node = framed(select, schema, options);
  node.classList.add("variants");
  node.append(place);
  return {
    node,
    read() {
      if (select.value === "") return undefined;
      const variant = variants[Number(select.value)];
      if ("fixed" in variant) return variant.fixed;
      const said = inner.read();
      return variant.member ? { [variant.member]: said ?? {} } : said;
    },
  };
}
