// The first page: what runs, what was refused lately, and what to do first. Everything on it was just asked of the server.

import { adviceBox } from "./advice.js";
import { allOf, get, pageOf } from "./api.js";
import { element, link } from "./dom.js";
import { explanationRows } from "./pages-explanations.js";
import { endpointsTable, healthOf } from "./health.js";
import { costWords, modelTable, modelTraffic, tokenChart } from "./model-traffic.js";
import { page, section } from "./page.js";
import { trafficCharts, trafficOf, wordsOfCount } from "./traffic.js";

const counted = [
  ["apis", "APIs"],
  ["upstreams", "Upstreams"],
  ["consumers", "Consumers"],
  ["credentials", "Credentials"],
  ["subscriptions", "Subscriptions"],
  ["models", "Models"],
  ["users", "Users"],
  ["clients", "Clients"],
];

// So many of a kind are read to be counted, and no more.
const MOST = 1_000;
const countOf = (rows) => (rows.length < MOST ? String(rows.length) : `${wordsOfCount(MOST)} or more`);

export async function overview() {
  const [lists, health, refusals, history, traffic, ofModels, advice] = await Promise.all([
    Promise.all(
      counted.map(([path]) => allOf(`/${path}`, {}, MOST))
    ), healthOf(), pageOf("/explanations", { limit: 50 }), get("/configuration/history", { limit: 1 }),
    trafficOf("hour"), modelTraffic("hour"), allOf("/configuration/advice", {}, 20),
  ]);
  // What the demo has was there before anybody did anything.
  const own = new Map(counted.map(([path], at) => [path, lists[at].filter(({ owner }) => owner !== "demo").length]));
  const revision = history.revisions[0];
  return page(
    {
      title: "Overview",
      intro: revision
        ? ["In force: ", link(`revision ${revision.revision}`, `#/history/${revision.revision}`), "."]
        : lists.some((rows) => rows.some(({ owner }) => owner === "demo"))
          ? "Nothing of your own is configured here yet: the APIs, upstreams and models below belong to the demo."
          : "Nothing is configured here yet.",
    },
    firstSteps(own, refusals.rows.some(({ path }) => !path.startsWith("/api/"))),
    element("ul", { class: "numbers", "aria-label": "What there is" }, counted.map(([path, title], at) =>
      element("li", {}, link([element("b", {}, countOf(lists[at])), ` ${title}`], `#/${path}`)))),
    section("The last hour", trafficCharts(traffic), element("p", { class: "ways" }, link("Analytics", "#/analytics"))),
    own.get("models") > 0 || ofModels.points.length > 0 ? section("Language models in the last hour", modelsBox(ofModels)) : null,
    section(
      "Upstreams in force",
      health.size > 0
        ? endpointsTable([...health.values()])
        : element("p", { class: "empty" }, "The gateway passes nothing on yet."),
    ),
    adviceBox(advice),
    section("Refused lately", refusals.rows.length > 0 ? [
      explanationRows(refusals.rows.slice(0, 5)),
      element("p", {}, link("All refusals that are remembered", "#/explanations")),
    ]
      : element("p", { class: "empty" }, "Nothing was refused since the server started.")));
}

function modelsBox(report) {
  if (report.points.length === 0) return element(
    "p",
    { class: "empty" },
    "No model was asked. ",
    link("Ask one from the playground", "#/playground"),
  );
  const sum = (name) => wordsOfCount(report.points.reduce((total, point) => total + point[name], 0));
  return [
    element("p", { class: "above" }, `Requests: ${sum("requests")}. Tokens: ${sum("input_tokens")} in, ${sum("output_tokens")} out. Cost: `,
      element("b", {}, costWords(report)), "."),
    tokenChart(report),
    modelTable(report),
    element("p", { class: "ways" }, link("Spending", "#/spending")),
  ];
}

// What a person who is here for the first time does next; gone when all of it is done.
function firstSteps(numbers, wasRefused) {
  const steps = [
    [
      numbers.get("apis") > 0,
      "Protect an API",
      "Say where it is, who answers, who may call and how often.",
      "#/protect",
    ],
    [
      numbers.get("credentials") > 0 || numbers.get("subscriptions") > 0,
      "Let somebody in",
      "A consumer, a plan and an API key that is shown once.",
      "#/let-in",
    ],
    [
      numbers.get("models") > 0,
      "Add a model",
      "Who runs it, the key that opens it, what it costs, and who may ask it.",
      "#/add-model",
    ],
    [
      wasRefused,
      "See why a call was refused",
      "Call it without the key: the refusal is here a moment later, step by step.",
      "#/explanations",
    ],
  ];
  if (steps.every(([done]) => done)) return null;
  const next = steps.findIndex(([done]) => !done);
  return section("What to do first", element(
    "ol",
    { class: "first-steps" },
    steps.map(([done, title, what, hash], at) =>
    element("li", { "data-state": done ? "done" : at === next ? "next" : "later" },
      element("span", { class: "tick", "aria-hidden": "true" }, done ? "✓" : String(at + 1)),
      element(
        "span",
        {},
        link(title, hash),
        done ? element("span", { class: "unseen" }, " (done)") : null,
        element("span", { class: "help" }, what),
      )))));
}
