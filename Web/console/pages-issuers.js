// What the gateway knows of the keys that an issuer publishes.

import { allOf } from "./api.js";
import { element } from "./dom.js";
import { moment } from "./moments.js";
import { facts, section } from "./page.js";
import { isObject } from "./schema.js";

// -> the section of an issuer, or null where its keys are not fetched from anywhere.
export async function publishedKeys(issuer) {
  const address = isObject(issuer.keys) ? issuer.keys.url : undefined;
  if (issuer.keys !== "discovery" && address === undefined) return null;
  const isDiscovered = address === undefined;
  const set = (await allOf("/published-keys")).find(
    (one) => one.discovered === isDiscovered && one.address === (address ?? issuer.issuer)
  );
  return section("Its published keys", set ? standing(set) : element(
    "p",
    { class: "empty" },
    "They were not asked for yet.",
  ));
}

function standing(set) {
  const tone = set.serves ? (set.failures > 0 ? "careful" : "good") : "bad";
  const said = set.serves ? (set.failures > 0 ? "kept from before" : "in use") : "none is known";
  const names = (all) => (all.length > 0 ? element("ul", {}, all.map((one) => element("li", {}, element("code", {}, one)))) : null);
  return [
    facts([
      ["State", element("span", { class: "badge", "data-tone": tone }, said)],
      ["Keys", names(set.keys)],
      ["Not used", names(set.passed_over)],
      ["Fetched", set.age === undefined ? "not yet" : moment(Date.now() / 1000 - set.age)],
      ["Failed since", set.failures > 0 ? (set.failures === 1 ? "once" : `${set.failures} times`) : null],
      ["Why", set.failures > 0 ? set.last_failure : null],
    ]),
    set.serves ? null : element("p", { class: "help" }, "Tokens of this issuer are refused until its keys have come. They are asked for again and again."),
  ];
}
