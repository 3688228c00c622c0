// What requests for models cost: the ledger, newest first, and how much of each budget is used.

import { allOf, pageOf } from "./api.js";
import { element, freshId, link, replace } from "./dom.js";
import { list } from "./list.js";
import { moment } from "./moments.js";
import { money, moneyWords, nanosOf } from "./money.js";
import { page, section } from "./page.js";
import { outcome } from "./problem.js";
import { wordsOfCount } from "./traffic.js";

export async function spendingPage() {
  const models = await allOf("/models");
  const rows = element("div", { class: "found" });
  const done = outcome();
  const model = element("select", { id: freshId("find") }, [
    element("option", { value: "" }, "All of them"), models.map(({ name }) => element("option", { value: name }, name)),
  ].flat());
  const text = (placeholder) => element("input", {
    id: freshId("find"), type: "text", placeholder, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
  });
  const caller = text("acme");
  const trace = text("138a17caf92be6e4…");
  const labelled = (label, control) => element("div", { class: "field" }, element("label", { for: control.id }, label), control);
  const form = element(
    "form",
    { class: "find", role: "search" },
    labelled("Model", model), labelled("Caller", caller), labelled("Trace", trace),
    element("button", { type: "submit" }, "Find"),
  );
  const find = async () => {
    done.clear();
    replace(rows, await entries({ model: model.value, caller: caller.value.trim(), trace: trace.value.trim() }));
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); find().catch((problem) => done.fail(problem)); });
  model.addEventListener("change", () => find().catch((problem) => done.fail(problem)));
  const [states] = await Promise.all([allOf("/budget-states", {}, 500), find()]);
  return page(
    { title: "Spending", intro: "What each request for a model used and cost, as the ledger has it." },
    budgetBars(states),
    section("Requests", form, done.node, rows),
  );
}

async function entries(query) {
  // Which of them are refusals that are explained: of the others there is nothing more to tell.
  const explained = new Set((await pageOf("/explanations", { limit: 200 })).rows.map(({ trace }) => trace));
  const isAll = Object.values(query).every((value) => value === "");
  return list({
    what: "requests", searchable: false, load: (after) => pageOf("/spending", { ...query, after, limit: 50 }),
    columns: [
      { title: "When", cell: (row) => moment(row.time) },
      { title: "Model", cell: (row) => link(row.model, `#/models/${encodeURIComponent(row.model)}`) },
      { title: "Caller", cell: (row) => element("span", { class: "breaking" }, row.caller) },
      { title: "Answered by", cell: (row) => [row.provider, row.provider_model].filter(Boolean).join(": ") },
      { title: "Tokens in", cell: tokensIn },
      { title: "Out", cell: (row) => wordsOfCount(row.output_tokens) },
      { title: "Cost", cell: (row) => element(
        "span",
        {},
        element("span", { class: "amount" }, money(row.cost, row.currency)),
        row.state === "settled" ? null : [" ", element("span", {
          class: "badge", "data-tone": "careful", title: "An estimate: it was not seen to its end.",
        }, row.state)],
      ) },
      { title: "Trace", cell: (row) => (explained.has(row.trace)
        ? link(row.trace.slice(0, 8), `#/explanations/${row.trace}`, { title: `Why ${row.trace} was refused` })
        : element("code", { title: row.trace }, row.trace.slice(0, 8))) },
    ],
    empty: element("p", {}, element("b", {}, isAll ? "No model was asked yet." : "No request is like that."), isAll
      ? [" ", link("Add a model", "#/add-model"), ", and ask it from the ", link("playground", "#/playground"), "."]
      : ""),
  });
}

const tokensIn = (row) => (
  row.cached_input_tokens > 0
    ? `${wordsOfCount(row.input_tokens)} (${wordsOfCount(row.cached_input_tokens)} kept)` : wordsOfCount(row.input_tokens)
);

function budgetBars(states) {
  if (states.length === 0) return null;
  return section("Budgets", element("ul", { class: "budget-bars" }, states.map((state) => bar(state, true))));
}

// The states of one budget.
export async function budgetStates(name) {
  const rows = await allOf("/budget-states", { budget: name }, 500);
  return section("Spent of it", rows.length > 0
    ? element("ul", { class: "budget-bars" }, rows.map((state) => bar(state, false)))
    : element("p", { class: "empty" }, "Nobody has spent anything of it in this time."));
}

// A bar, and the same in words: of how much, until when.
function bar(state, isNamed) {
  const [amount, spent, reserved] = [state.amount ?? "0", state.spent, state.reserved].map(nanosOf);
  // In thousandths of the whole, which may be nothing.
  const part = (sum) => (amount <= 0n ? (sum > 0n ? 1000 : 0) : Number((sum * 1000n) / amount));
  const used = Math.min(1000, part(spent));
  const held = Math.min(1000 - used, part(reserved));
  const tone = part(spent + reserved) >= 1000 ? "bad" : part(spent + reserved) >= 800 ? "careful" : "good";
  const who = state.payer || "everybody";
  const said = (sum) => moneyWords(sum, state.currency);
  return element("li", { "data-tone": tone },
    element(
      "p",
      {},
      !isNamed ? null : state.budget === "(token)" ? "A token's own" : link(state.budget, `#/budgets/${encodeURIComponent(state.budget)}`),
      element("b", {}, who),
      state.amount === undefined ? null : element("span", { class: "said" }, `${percent(part(spent))} spent`),
    ),
    state.amount === undefined ? null : drawn(used, held),
    element(
      "p",
      { class: "help" },
      state.amount === undefined ? `${said(state.spent)} spent` : `${said(state.spent)} of ${said(state.amount)}`,
      nanosOf(state.reserved) > 0n ? `, and ${said(state.reserved)} held for requests under way` : "",
      ". It begins anew ", moment(state.ends), ".",
    ));
}

const percent = (thousandths) => (thousandths > 0 && thousandths < 10 ? "less than 1 %" : `${Math.floor(thousandths / 10)} %`);

function drawn(used, held) {
  const of = (name, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
    return node;
  };
  const drawing = of("svg", { class: "bar", viewBox: "0 0 1000 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  drawing.append(
    of("rect", { class: "whole", width: 1000, height: 10 }),
    of("rect", { class: "spent", width: used, height: 10 }),
    of("rect", { class: "held", x: used, width: held, height: 10 }),
  );
  return drawing;
}
