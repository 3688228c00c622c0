// One decoded part: its JSON as written, member by member, with notes in the margin.

import { element } from "./dom.js";
import { localTime, meaning } from "./moments.js";
import { language, t } from "./texts.js";

// What each container shows, so that nothing is drawn twice.
const shown = new WeakMap();

// part: { name: "header" | "payload", members, problem, raw }; now: seconds since 1970.
export function drawDecoded(container, part, now) {
  const content = JSON.stringify([language, part.problem, part.raw, part.json]);
  if (shown.get(container) === content) { tickTimes(container, now); return; }
  shown.set(container, content);
  container.replaceChildren();
  if (part.problem) container.append(element("p", { class: "broken-part" }, part.problem));
  if (part.members) {
    container.append(
      element("div", { class: "brace" }, "{"),
      element("ul", {}, part.members.map((member, index) => row(member, part, index === part.members.length - 1, now))),
      element("div", { class: "brace" }, "}"));
  } else if (part.raw) {
    container.append(element("pre", { class: "raw", "aria-label": t("decoded.raw") }, part.raw));
  } else if (!part.problem) {
    container.append(element("p", { class: "empty" }, t(`decoded.empty.${part.name}`)));
  }
}

// Moves the words that depend on the clock; nothing else is touched.
export function tickTimes(container, now) {
  for (const node of container.querySelectorAll(".time")) {
    const { text, tone } = meaning(node.dataset.claim, Number(node.dataset.seconds), now);
    node.dataset.tone = tone;
    node.dataset.state = Number(node.dataset.seconds) <= now ? "past" : "future";
    node.querySelector(".relative").textContent = text;
  }
}

function row(member, part, last, now) {
  const [first, ...rest] = member.valueText.split("\n");
  const comma = last ? null : element("span", { class: "punct" }, ",");
  const json = element("div", { class: "json", "data-part": part.name },
    element("span", { class: "name" }, member.nameText), element("span", { class: "punct" }, ": "),
    element("span", { class: "value" }, coloured(first), rest.map(line)),
    comma);
  if (rest.length > 0 && comma) json.querySelector(".line:last-child").append(comma);
  return element("li", { class: "member", "data-name": member.name }, json, note(member, now));
}

// A line below the first keeps its depth when it has to wrap.
function line(text) {
  const depth = text.search(/\S|$/);
  const made = element("span", { class: "line" }, coloured(text.slice(depth)));
  made.style.setProperty("--depth", String(Math.min(depth, 24)));
  return made;
}

function note(member, now) {
  const lines = [];
  if (member.title) lines.push(element("span", { class: "title" }, `${member.title}. `));
  if (member.about) lines.push(`${member.about} `);
  if (member.source) {
    lines.push(element("a", { class: "source", href: member.url, rel: "noreferrer", target: "_blank" }, member.source));
  }
  if (member.time) {
    const { text, tone } = meaning(member.name, member.time.seconds, now);
    lines.push(element("span", {
      class: "time", "data-claim": member.name, "data-seconds": member.time.seconds, "data-tone": tone,
      "data-state": member.time.seconds <= now ? "past" : "future",
    },
    element("span", { class: "relative" }, text),
    element("span", { class: "zone" }, member.time.iso.replace("T", " ").replace("Z", " UTC")),
    element("span", { class: "zone" }, localTime(member.time.seconds))));
  }
  return element("div", { class: "note" }, lines);
}

// The judge wrote this JSON, so strings, numbers and words can be told apart by their first characters.
function coloured(text) {
  const pieces = [];
  let at = 0;
  for (const match of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|true|false|null/g)) {
    if (match.index > at) pieces.push(text.slice(at, match.index));
    const kind = match[2] ? "key" : match[1] ? "string" : /[\d-]/.test(match[0][0]) ? "number" : "word";
    pieces.push(element("span", { class: kind }, match[1] ?? match[0]));
    if (match[2]) pieces.push(match[2]);
    at = match.index + match[0].length;
  }
  pieces.push(text.slice(at));
  return pieces;
}
