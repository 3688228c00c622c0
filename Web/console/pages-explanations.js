// Why requests were refused: the last ones, and one of them step by step.

import { Problem, get, pageOf } from "./api.js";
import { element, link } from "./dom.js";
import { list, table } from "./list.js";
import { moment } from "./moments.js";
import { money } from "./money.js";
import { facts, page, section } from "./page.js";
import { steps } from "./steps.js";
import { wordsOfCount } from "./traffic.js";

const request = (row) => element("code", {}, `${row.method} ${row.path}`);
const status = (row) => element(
  "span",
  { class: "badge", "data-tone": row.status >= 500 ? "bad" : "careful" },
  String(row.status),
);
const why = (row) => link(row.code, `#/explanations/${row.trace}`);

export const explanationRows = (rows) => table(
  "Refusals, the newest first",
  ["Why", "Status", "Request", "Said", "When"],
  rows.map((row) => [why(row), status(row), request(row), row.detail, moment(row.time)]));

export async function explanationList() {
  const trace = element("input", {
    type: "text",
    id: "trace",
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "off",
    placeholder: "138a17caf92be6e45dd74df979631bc1",
  });
  const find = element(
    "form",
    { class: "search", role: "search" },
    element("label", { for: "trace" }, "Find by trace"),
    trace,
    element("button", { type: "submit" }, "Open"),
  );
  find.addEventListener("submit", (event) => {
    event.preventDefault();
    if (trace.value.trim() !== "") location.hash = `#/explanations/${encodeURIComponent(trace.value.trim())}`;
  });
  return page(
    {
      title: "Explanations",
      intro: "Why requests were refused. The server remembers the last few thousand, until it stops.",
    },
    find,
    await list({
      what: "refusals", load: (after) => pageOf(
        "/explanations",
        { after, limit: 50 },
      ), nameOf: (row) => `${row.code} ${row.path}`, searchable: false,
      columns: [
        { title: "Why", cell: (row) => row.code },
        { title: "Status", cell: status },
        { title: "Request", cell: request },
        { title: "Said", cell: (row) => row.detail },
        { title: "When", cell: (row) => moment(row.time) },
      ],
      href: (row) => `#/explanations/${row.trace}`,
      empty: element(
        "p",
        {},
        element("b", {}, "Nothing was refused since the server started."),
        " Call a protected API without a token or key, and the refusal is here.",
      ),
    }));
}

export async function explanationPage(trace) {
  let found;
  try { found = await get(`/explanations/${encodeURIComponent(trace)}`); } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) return notRemembered(trace);
    throw problem;
  }
  return page(
    {
      title: found.code,
      back: ["Explanations", "#/explanations"],
      intro: found.detail.charAt(0).toUpperCase() + found.detail.slice(1),
    },
    facts([
      ["Request", request(found)],
      ["Status", status(found)],
      ["When", moment(found.time)],
      ["Route", found.route],
      ["Phase", found.phase],
      ["Trace", element("code", {}, found.trace)],
    ]),
    section("Step by step", found.steps.length > 0 ? steps(found.steps)
      : element(
        "p",
        { class: "empty" },
        `It was refused in the phase ${found.phase}, before a token was looked at: there are no steps of a verification.`,
      )),
    element(
      "p",
      { class: "ways" },
      element(
        "a",
        { href: `/problems/${encodeURIComponent(found.code)}`, target: "_blank", rel: "noopener" },
        "What this means and what to do",
      ),
      " · ", element(
        "a",
        { href: "/", target: "_blank", rel: "noopener" },
        "Look at the token in the Studio",
      ), " (the server keeps no token: paste yours there)"));
}

// Only refusals are remembered; what a request for a model cost is in the ledger whether it was refused or not.
async function notRemembered(trace) {
  const { rows } = await pageOf("/spending", { trace, limit: 20 }).catch(() => ({ rows: [] }));
  return page(
    { title: "Not refused", back: ["Explanations", "#/explanations"], intro: ["Trace ", element("code", {}, trace)] },
    element(
      "div",
      { class: "notice" },
      element("p", {}, "No refusal of this trace is remembered: the request was let through, or it is longer ago."),
    ),
    rows.length > 0 ? section("What it cost", table(
      "What it cost",
      ["When", "Model", "Caller", "Answered by", "Tokens in", "Out", "Cost", "State"],
      rows.map((row) => [
        moment(row.time), link(row.model, `#/models/${encodeURIComponent(row.model)}`), row.caller,
        [row.provider, row.provider_model].filter(Boolean).join(": "), wordsOfCount(row.input_tokens),
        wordsOfCount(row.output_tokens),
        money(row.cost, row.currency), row.state,
      ]),
    )) : null,
  );
}
