// Times as people read them; the exact one is in the element's title.

import { element } from "./dom.js";

const steps = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function relative(seconds, now = Date.now() / 1000) {
  const away = seconds - now;
  const [unit, size] = steps.find(([, size]) => Math.abs(away) >= size) ?? steps.at(-1);
  return words.format(Math.trunc(away / size), unit);
}

// Seconds since 1970.
export function moment(seconds) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return String(seconds);
  return element("time", { datetime: date.toISOString(), title: date.toISOString() }, relative(seconds));
}
