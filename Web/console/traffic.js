// What the gateway answered over time, as charts: requests by how they ended, and how long they took.

import { get } from "./api.js";
import { chart } from "./chart.js";
import { element } from "./dom.js";

const seconds = { minute: 60, hour: 3_600, day: 86_400 };

// How far back, in which steps.
export const ranges = [
  ["hour", "The last hour", "minute", 60],
  ["six-hours", "The last six hours", "minute", 360],
  ["two-days", "The last two days", "hour", 48],
  ["month", "The last thirty days", "day", 30],
  ["quarter", "The last ninety days", "day", 90],
];

// What a question for one of them says: whole steps up to this moment.
export function rangeOf(range) {
  const [, , step, count] = ranges.find(([name]) => name === range);
  const size = seconds[step];
  const to = Math.floor(Date.now() / 1000) + 1;
  return { step, from: Math.floor(to / size) * size - (count - 1) * size, to };
}

export const trafficOf = (range, query = {}) => get("/analytics", { ...query, ...rangeOf(range) });

// Every stretch of the range, also those of which there is nothing.
export function timesOf(report) {
  const size = seconds[report.step];
  const times = [];
  for (let time = report.from; time < report.to; time += size) times.push(time);
  return { times, size };
}

export const wordsOfMicroseconds = (value) => (
  value < 1_000 ? `${Math.round(value)} µs` : value < 1_000_000 ? `${trimmed(value / 1_000)} ms` : `${trimmed(value / 1_000_000)} s`
);
const trimmed = (value) => (value < 10 ? value.toFixed(1).replace(/\.0$/, "") : String(Math.round(value)));

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
export const wordsOfCount = (value) => plain.format(value);

const answered = (point) => point.requests - point.client_errors - point.server_errors;

// The charts of a report whose points are of one group.
export function trafficCharts(report) {
  if (report.points.length === 0) return element("p", { class: "empty" }, "No requests in this time.");
  const { times, size } = timesOf(report);
  const points = new Map(report.points.map((point) => [point.time, point]));
  const of = (read, none) => times.map((time) => (points.has(time) ? read(points.get(time)) ?? none : none));
  return element("div", { class: "charts" },
    chart({ title: "Requests", times, step: size, say: wordsOfCount, series: [
      { name: "Answered", values: of(answered, 0) },
      { name: "The caller's errors (4xx)", values: of((point) => point.client_errors, 0) },
      { name: "The server's errors (5xx)", values: of((point) => point.server_errors, 0) },
    ] }),
    chart({ title: "How long they took", times, step: size, kind: "lines", say: wordsOfMicroseconds, series: [
      { name: "Half of them, at most", values: of((point) => point.p50, null) },
      { name: "90 of 100", values: of((point) => point.p90, null) },
      { name: "99 of 100", values: of((point) => point.p99, null) },
    ] }));
}
