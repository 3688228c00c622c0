// The token's times on one line, with now among them: when it was issued, from when and until when it is valid.

import { byId, drawing, element, setText } from "./dom.js";
import { localTime, relativeTime } from "./moments.js";
import { t } from "./texts.js";

const shown = ["auth_time", "iat", "nbf", "exp"];
const width = 400;
const margin = 34;
let moments = [];
let mayBeEndless = true;

// members: those of the claims; now: seconds since 1970; isProof: a proof is too old a minute after it was made, and says no end.
export function drawTimeline(members, now, isProof) {
  mayBeEndless = !isProof;
  moments = shown.map((name) => members.find((member) => member.name === name && member.time))
    .filter(Boolean).map((member) => ({ name: member.name, seconds: member.time.seconds, iso: member.time.iso }));
  byId("timeline-panel").hidden = moments.length === 0;
  tickTimeline(now);
}

export function tickTimeline(now) {
  if (moments.length === 0) return;
  byId("timeline").replaceChildren(picture(now), legend(now));
  const end = moments.find(({ name }) => name === "exp");
  setText(byId("countdown"), end ? t(end.seconds > now ? "timeline.left" : "timeline.over", { distance: relativeTime(end.seconds, now) }) : mayBeEndless ? t("timeline.endless") : "");
  byId("countdown").dataset.tone = end && end.seconds <= now ? "danger" : "good";
}

function picture(now) {
  const all = [...moments.map(({ seconds }) => seconds), now];
  const [first, last] = [Math.min(...all), Math.max(...all)];
  const span = Math.max(1, last - first);
  const place = (seconds) => margin + ((seconds - first) / span) * (width - 2 * margin);
  const begin = moments.find(({ name }) => name === "nbf") ?? moments.find(({ name }) => name === "iat");
  const end = moments.find(({ name }) => name === "exp");
  const from = begin ? place(begin.seconds) : margin / 2;
  const to = end ? place(end.seconds) : width - margin / 2;
  const isValid = (!begin || begin.seconds <= now) && (!end || now < end.seconds);
  const pieces = [drawing("line", { class: "axis", x1: 6, x2: width - 6, y1: 34, y2: 34 })];
  if (to > from) pieces.push(drawing("rect", { class: "valid-span", x: from, y: 29, width: Math.max(2, to - from), height: 10, rx: 5, "data-now": isValid ? "inside" : "outside" }));
  // Names of moments that fall together stand on lines of their own.
  const rows = [];
  for (const { name, seconds } of [...moments].sort((one, other) => one.seconds - other.seconds)) {
    const x = place(seconds);
    const row = rows.findIndex((taken) => x - taken > 46);
    const line = row < 0 ? rows.push(x) - 1 : (rows[row] = x, row);
    pieces.push(drawing("circle", { class: "moment", cx: x, cy: 34, r: 4.5, "data-claim": name }));
    pieces.push(drawing("text", { class: "moment-name", x, y: 56 + line * 14, "text-anchor": "middle" }, name));
  }
  const x = place(now);
  pieces.push(drawing("line", { class: "now", x1: x, x2: x, y1: 18, y2: 46 }));
  pieces.push(drawing("text", { class: "now-name", x, y: 13, "text-anchor": x < 40 ? "start" : x > width - 40 ? "end" : "middle" }, t("timeline.now")));
  const height = 62 + Math.max(0, rows.length - 1) * 14;
  return drawing("svg", { class: "timeline", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": t(isValid ? "timeline.inside" : "timeline.outside") }, pieces);
}

function legend(now) {
  return element("dl", { class: "moments" }, moments.map(({ name, seconds, iso }) => [
    element("dt", {}, name),
    element("dd", {}, element("span", { class: "relative" }, relativeTime(seconds, now)),
      element("span", { class: "zone" }, iso.replace("T", " ").replace("Z", " UTC")),
      element("span", { class: "zone" }, localTime(seconds))),
  ]).flat());
}
