// Seconds since 1970 as a person reads them: UTC comes from the judge; here are the local clock and the distance from now.

import { language, t } from "./texts.js";

const form = {
  year: "numeric", month: "short", day: "numeric",
  hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
};
const units = [["year", 31556952], ["month", 2629746], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

// Making a formatter takes longer than all that it ever formats here.
const formatters = new Map();
function formatter(name, make) {
  const key = `${language} ${name}`;
  if (!formatters.has(key)) formatters.set(key, make());
  return formatters.get(key);
}

const date = () => formatter("date", () => new Intl.DateTimeFormat(language, form));
const span = (unit) => formatter(unit, () => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }));
const distance = () => formatter("distance", () => new Intl.RelativeTimeFormat(language, { numeric: "always" }));

export const localTime = (seconds) => date().format(new Date(seconds * 1000));

// "in 2 hours 5 minutes", "3 days ago": the two largest units, since "in 1 hour" hides up to 59 minutes.
export function relativeTime(seconds, now) {
  const gap = seconds - now;
  if (gap === 0) return t("moment.now");
  let rest = Math.abs(gap);
  const words = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count === 0 && words.length === 0) continue;
    if (count > 0) words.push(span(unit).format(count));
    rest -= count * size;
    if (words.length === 2 || (count === 0 && words.length === 1)) break;
  }
  if (words.length === 1) {
    const [unit, size] = units.find(([, size]) => Math.abs(gap) >= size);
    return distance().format(Math.sign(gap) * Math.floor(Math.abs(gap) / size), unit);
  }
  return t(gap > 0 ? "moment.in" : "moment.ago", { distance: words.join(" ") });
}

// What the distance means for this claim, in words and tone.
export function meaning(name, seconds, now) {
  const relative = relativeTime(seconds, now);
  const past = seconds <= now;
  const say = (key, tone) => ({ text: t(key, { relative }), tone });
  switch (name) {
    case "exp": return past ? say("moment.expired", "danger") : say("moment.expires", "good");
    case "nbf": return past ? say("moment.valid-since", "good") : say("moment.not-yet", "danger");
    case "iat": return past ? say("moment.issued", "plain") : say("moment.issued-in-future", "danger");
    default: return { text: relative, tone: "plain" };
  }
}
