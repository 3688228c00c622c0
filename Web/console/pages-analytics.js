// What the gateway answered over time, for everything or for one API, and what belongs together.

import { allOf } from "./api.js";
import { element, freshId, link, replace } from "./dom.js";
import { table } from "./list.js";
import { live } from "./live.js";
import { modelTable, modelTraffic, tokenChart } from "./model-traffic.js";
import { page, section } from "./page.js";
import { problemNotice } from "./problem.js";
import { ranges, trafficCharts, trafficOf, wordsOfCount, wordsOfMicroseconds } from "./traffic.js";

const groupings = [
  ["api", "API"],
  ["route", "Route"],
  ["consumer", "Consumer"],
  ["status", "Status"],
  ["reason", "Reason of a refusal"],
];

export async function analyticsPage() {
  const apis = await allOf("/apis");
  const charts = element("div", { "aria-busy": "true" });
  const groups = element("div");
  const models = element("div");
  const control = (label, options) => {
    const select = element("select", { id: freshId("choice") }, options.map(([value, words]) => element(
      "option",
      { value },
      words,
    )));
    select.addEventListener("change", draw);
    return { select, node: element("div", { class: "field" }, element("label", { for: select.id }, label), select) };
  };
  const range = control("When", ranges.map(([name, words]) => [name, words]));
  const api = control("API", [["", "All of them"], ...apis.map(({ name }) => [name, name])]);
  const grouping = control("Together by", groupings);
  let number = 0;
  async function draw() {
    const own = ++number;
    const only = api.select.value === "" ? {} : { api: api.select.value };
    try {
      const [whole, grouped, ofModels] = await Promise.all([
        trafficOf(range.select.value, only),
        trafficOf(range.select.value, { ...only, by: grouping.select.value, limit: 20 }),
        modelTraffic(range.select.value),
      ]);
      if (own !== number) return;
      replace(charts, trafficCharts(whole));
      replace(groups, groupTable(grouped, grouping.select.value));
      replace(models, ofModels.points.length === 0
        ? element("p", { class: "empty" }, "No model was asked in this time.")
        : [tokenChart(ofModels), modelTable(ofModels)]);
    } catch (problem) {
      if (own === number) replace(charts, await problemNotice(problem));
    } finally { if (own === number) charts.removeAttribute("aria-busy"); }
  }
  await draw();
  return page(
    { title: "Analytics", intro: "What the gateway answered, up to ten seconds ago." },
    section("Now", live()),
    section("Over time", element("div", { class: "find" }, range.node, api.node), charts),
    section("What belongs together", element("div", { class: "find" }, grouping.node), groups),
    section("Language models", models),
  );
}

function groupTable(report, by) {
  const groups = report.groups.filter(({ requests }) => requests > 0);
  if (groups.length === 0) return element("p", { class: "empty" }, "No requests in this time.");
  const time = (value) => (value === undefined ? "–" : wordsOfMicroseconds(value));
  return table("Groups", ["Name", "Requests", "4xx", "5xx", "Half took at most", "99 of 100", "Sent"], groups.map(
    (group) => [
      nameOf(group.name, by), wordsOfCount(group.requests), wordsOfCount(group.client_errors),
      wordsOfCount(group.server_errors), time(group.p50), time(group.p99), wordsOfBytes(group.response_bytes),
    ]
  ));
}

function nameOf(name, by) {
  if (name === "") return "none";
  if (name === "other") return "the rest";
  if (by === "api") return link(name, `#/apis/${encodeURIComponent(name)}`);
  if (by === "consumer") return link(name, `#/consumers/${encodeURIComponent(name)}`);
  return name;
}

const units = ["bytes", "KB", "MB", "GB", "TB"];
function wordsOfBytes(count) {
  const power = count < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  return `${wordsOfCount(count / 1_000 ** power)} ${units[power]}`;
}
