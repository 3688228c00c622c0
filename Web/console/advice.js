// What is no fault of the configuration in force, and still worth a look: what `signet check` says of a file.

import { allOf } from "./api.js";
import { element, link } from "./dom.js";
import { kinds } from "./kinds.js";
import { section } from "./page.js";

const TITLE = "Worth a look";

// Of one object; nothing where there is none.
export async function adviceOn(kind, name) {
  const advice = await allOf("/configuration/advice", { object: `${kind} ${name}` });
  if (advice.length === 0) return null;
  return section(TITLE, element("ul", { class: "advice" }, advice.map(({ text }) => element("li", {}, text))));
}

// Of all objects.
export function adviceBox(advice) {
  if (advice.length === 0) return null;
  return section(TITLE, element("ul", { class: "advice" }, advice.map(({ object, text }) => {
    const [word, ...rest] = object.split(" ");
    const name = rest.join(" ");
    const kind = kinds.find((one) => one.kind === word);
    const words = `${kind?.one ?? word} ${name}`;
    return element("li", {}, kind ? link(words, `#/${kind.plural}/${encodeURIComponent(name)}`) : words, `: ${text}`);
  })));
}
