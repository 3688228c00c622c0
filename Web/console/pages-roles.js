// Who may do what with this server: the roles, who has them, and the least one for each operation.

import { allOf, description } from "./api.js";
import { element, link } from "./dom.js";
import { table } from "./list.js";
import { page, section } from "./page.js";
import { labelOf } from "./schema.js";

const roles = [
  ["viewer", "Sees everything but secrets."],
  ["publisher", "Changes APIs, and who may call them."],
  ["admin", "Changes everything else: people, clients, keys, listeners."],
  ["owner", "Says who has which role."],
];

export async function rolePage() {
  const [users, described] = await Promise.all([allOf("/users"), description()]);
  const having = (role) => users.filter((user) => user.server_role === role);
  const names = (list) => list.flatMap((user, at) => [
    at > 0 ? ", " : "",
    link(user.name, `#/users/${encodeURIComponent(user.name)}`),
  ]);
  const operations = Object.entries(described.paths).flatMap(([path, methods]) => Object.entries(methods).map(
    ([method, operation]) => ({ path, method, operation })
  ));
  const topics = described.tags.map(({ name }) => [name, operations.filter(
    ({ operation }) => operation.tags.includes(name)
  )]).filter(([, rows]) => rows.length > 0);
  return page(
    {
      title: "Roles",
      intro: "What a user may do with this server. Each role may do what those before it may. Roles that applications read count for nothing here.",
    },
    section("Who has which", table("Roles on this server", ["Role", "What it may", "Who has it"], roles.map(
      ([role, what]) => [role, what, having(role).length > 0 ? names(having(role)) : "nobody"]
    ))),
    section("What needs which", topics.map(([topic, rows]) => element(
      "details",
      { class: "more" },
      element("summary", {}, `${labelOf(topic)} (${rows.length})`),
      table(topic, ["Operation", "What it does", ...roles.map(([role]) => role)], rows.map(
        ({ path, method, operation }) => [
          element("code", {}, `${method.toUpperCase()} ${path}`), operation.summary,
          ...roles.map(([role], at) => (at >= least(operation) ? "yes" : "no")),
        ]
      )),
    ))),
  );
}

const least = (operation) => roles.findIndex(([role]) => role === operation["x-role"]);
