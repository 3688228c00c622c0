// Tokens and money of language models over time, from the ledger. What is paid in different money is not added up.

import { get } from "./api.js";
import { chart } from "./chart.js";
import { table } from "./list.js";
import { amountOf, hasPrice, money, nanosOf } from "./money.js";
import { rangeOf, timesOf, wordsOfCount } from "./traffic.js";

export const modelTraffic = (range) => get("/analytics/models", { ...rangeOf(range), by: "alias" });

export function tokenChart(report) {
  const { times, size } = timesOf(report);
  const sum = (time, read) => report.points.filter((point) => point.time === time).reduce(
    (total, point) => total + read(point),
    0,
  );
  return chart({ title: "Tokens", times, step: size, say: wordsOfCount, series: [
    { name: "Of requests", values: times.map((time) => sum(time, (point) => point.input_tokens)) },
    { name: "Of answers", values: times.map((time) => sum(time, (point) => point.output_tokens)) },
  ] });
}

export const modelTable = (report) => table(
  "Models",
  ["Model", "Requests", "Tokens in", "Tokens out", "Cost"],
  sums(report.points).map((model) => [
    model.name, wordsOfCount(model.requests), wordsOfCount(model.input), wordsOfCount(model.output),
    money(amountOf(model.cost), model.currency),
  ]),
);

// What all of them cost together, for each money, as "1.20 USD and 3.00 EUR"; and what has no price.
export function costWords(report) {
  const all = new Map();
  const models = sums(report.points);
  for (const { currency, cost } of models.filter(hasPrice)) all.set(currency, (all.get(currency) ?? 0n) + cost);
  const amounts = [...all].filter(([, cost]) => cost > 0n).map(([currency, cost]) => `${amountOf(cost)} ${currency}`);
  const unknown = models.filter((model) => !hasPrice(model)).map(({ name }) => name);
  return [...amounts, ...(unknown.length > 0 ? [`no price is known of ${unknown.join(", ")}`] : [])].join(" and ") || "nothing";
}

// For each model and each money, over the whole range. Amounts have at most nine places, and are added exactly.
function sums(points) {
  const found = new Map();
  for (const point of points) {
    const key = `${point.name}\n${point.currency}`;
    const sum = found.get(key)
      ?? { name: point.name, currency: point.currency, requests: 0, input: 0, output: 0, cost: 0n };
    sum.requests += point.requests;
    sum.input += point.input_tokens;
    sum.output += point.output_tokens;
    sum.cost += nanosOf(point.cost);
    found.set(key, sum);
  }
  return [...found.values()].sort((one, other) => other.requests - one.requests);
}
