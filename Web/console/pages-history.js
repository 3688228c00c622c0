// The revisions of the configuration: what each changed, and the way back.

import { actorsOf } from "./actors.js";
import { call, get, pageOf } from "./api.js";
import { confirmed, element, freshId, link, working } from "./dom.js";
import { differences } from "./editor.js";
import { ownerWords } from "./kinds.js";
import { list } from "./list.js";
import { moment } from "./moments.js";
import { leaveTo, page, section } from "./page.js";
import { outcome } from "./problem.js";

const changes = (row) => [
  [row.created, "made"],
  [row.changed, "changed"],
  [row.deleted, "deleted"],
].filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`).join(", ");
const sourceWords = (source) => (source.startsWith("revision") ? source.replace(":", " ") : ownerWords(source));

export async function historyPage() {
  const actors = await actorsOf();
  return page(
    { title: "History", intro: [
      "Every change of the configuration. To change many things at once, go to ",
      link("As code", "#/code"),
      ".",
    ] },
    await list({
      what: "revisions", load: (after) => pageOf(
        "/configuration/history",
        { after, limit: 50 },
      ), searchable: false, href: (row) => `#/history/${row.revision}`,
      columns: [
        { title: "Revision", cell: (row) => String(row.revision) },
        { title: "Changes", cell: changes },
        { title: "By", cell: (row) => actors(row.actor) },
        {
          title: "From",
          cell: (row) => sourceWords(row.source),
        }, { title: "Why", cell: (row) => row.note }, { title: "When", cell: (row) => moment(row.time) }],
      empty: element(
        "p",
        {},
        element("b", {}, "Nothing was changed yet."),
        " The first change that is made here, or by signet apply, is revision 1.",
      ),
    }));
}

export async function revisionPage(number) {
  const [{ text, revision }, { revision: current }] = await Promise.all([
    get(`/configuration/history/${encodeURIComponent(number)}`),
    get("/configuration"),
  ]);
  const result = outcome();
  const why = element("input", { id: freshId("why"), type: "text", maxlength: "256", autocomplete: "off" });
  const back = working(`Make revision ${revision} the current one`, async () => {
    if (!await confirmed(
      `Go back to revision ${revision}?`,
      `Everything becomes as it was then, as a revision of its own. Revisions ${revision + 1} to ${current} stay in the history.`,
      "Roll back",
    )) return;
    const { body } = await call("POST", "/configuration/rollback", { data: {
      revision,
      ...(why.value ? { note: why.value } : {})
    } });
    leaveTo(
      "#/history",
      body.written
        ? `Revision ${body.revision} is in force: everything is as in revision ${revision}.`
        : `Nothing differs from revision ${revision}.`,
    );
  }, (problem) => result.fail(problem), { class: "danger" });
  return page(
    {
      title: `Revision ${revision}`,
      back: ["History", "#/history"],
      intro: revision === current ? "This one is in force." : `Revision ${current} is in force.`,
    },
    section("What it changed", differences(text)),
    revision === current
      ? null
      : section(
        "Roll back",
        element(
          "div",
          { class: "field" },
          element("label", { for: why.id }, "Why"),
          why,
          element("p", { class: "help" }, "For the history. May stay empty."),
        ),
      element("div", { class: "row" }, back), result.node));
}
