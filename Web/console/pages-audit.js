// What happened that matters to security, with who did it; and whether the log is whole.

import { get, pageOf } from "./api.js";
import { element, link, replace, working } from "./dom.js";
import { table } from "./list.js";
import { labelOf } from "./schema.js";
import { moment } from "./moments.js";
import { page } from "./page.js";
import { outcome } from "./problem.js";

const limits = [100, 300, 1000];

export async function auditPage() {
  const user = element("input", {
    type: "text",
    id: "audit-user",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
  });
  const place = element("div");
  const result = outcome();
  let size = 0;
  async function show() {
    const { rows } = await pageOf("/audit", {
      newest: "true",
      limit: limits[size],
      user: user.value.trim() || undefined,
    });
    const more = working("Show more", async () => { size += 1; await show(); }, (problem) => result.fail(problem));
    replace(place, rows.length === 0 ? element("div", { class: "empty" }, element(
      "p",
      {},
      "Nothing happened that is written down.",
    ))
      : [
        table("Events, the newest first", ["What", "Concerns", "By", "From", "When"], rows.reverse().map(rowOf)),
        rows.length === limits[size] && size < limits.length - 1 ? more : null,
      ]);
  }
  await show();
  const search = element(
    "form",
    { class: "search", role: "search" },
    element("label", { for: user.id }, "Only of the user"),
    user,
    element("button", { type: "submit" }, "Show"),
  );
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    size = 0;
    result.clear();
    show().catch((problem) => result.fail(problem));
  });
  const check = working("Check the log", async () => {
    const found = await get("/audit/check");
    if (found.intact) result.say(`Every one of the ${found.events} events is there and as it was written.`);
    else result.show(element(
      "div",
      { class: "notice bad", role: "alert" },
      `The log is not whole: event ${found.broken} is missing or changed. The last good one is ${found.good ?? "none"}.`,
    ));
  }, (problem) => result.fail(problem));
  return page(
    {
      title: "Audit",
      intro: "Sign-ins, refusals, changes and misuse, each chained to the one before it.",
      actions: [check],
    },
    result.node,
    search,
    place,
  );
}

function rowOf(event) {
  const whom = [event.name ? link(event.name, `#/users/${encodeURIComponent(event.name)}`) : null,
    event.client
      ? [event.name ? ", " : "", link(event.client, `#/clients/${encodeURIComponent(event.client)}`)]
      : null, event.detail && event.detail !== event.name ? [
        " ",
        element("span", { class: "help" }, event.detail),
      ] : null];
  const by = event.actor_name ?? event.actor_client ?? event.actor ?? "the server, or somebody unknown";
  return [
    labelOf(event.kind),
    whom.flat().filter(Boolean),
    event.actor_name && event.actor_client ? `${by} with ${event.actor_client}` : by,
    event.address ?? "",
    moment(event.time),
  ];
}
