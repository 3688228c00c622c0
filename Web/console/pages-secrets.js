// Secrets that are sealed in the database: their names, what uses them, and putting another value in the place of one.

import { allOf, call, pageOf } from "./api.js";
import { confirmed, element, freshId, link, neededMark, working } from "./dom.js";
import { list } from "./list.js";
import { moment } from "./moments.js";
import { facts, go, leaveTo, page, section } from "./page.js";
import { Complaint, outcome } from "./problem.js";

const at = (name) => `/secrets/${encodeURIComponent(name)}`;
const intro = "Keys of others that this server needs, such as those of model providers. What they say is never shown again.";

// "providers/openai" -> a link to its page.
export const usersOf = (secret) => {
  const users = secret.used_by ?? [];
  return users.length === 0 ? "nothing" : element("span", {}, users.flatMap((one, index) => [
    index > 0 ? ", " : null,
    link(one.split("/").pop(), `#/${one.split("/").map(encodeURIComponent).join("/")}`, { title: one }),
  ]));
};

export async function secretList() {
  const add = () => go("Add a secret", "#/secrets/+", true);
  const rows = await list({
    what: "secrets", load: (after) => pageOf("/secrets", { after, limit: 100 }),
    href: (row) => `#${at(row.name)}`,
    columns: [
      { title: "Name", cell: (row) => row.name },
      { title: "Used by", cell: usersOf },
      { title: "Changed", cell: (row) => moment(row.changed) },
    ],
    empty: [
      element(
        "p",
        {},
        element("b", {}, "There is no secret yet."),
        " One is made when you add a model and type its key in; a document says { secret: NAME } where it is needed.",
      ),
      element("div", { class: "row" }, go("Add a model", "#/add-model", true), go("Add a secret", "#/secrets/+")),
    ],
  });
  return page({ title: "Secrets", intro, actions: rows.rows.length > 0 ? [add()] : [] }, rows);
}

function field(label, attributes, help) {
  const input = element("input", { id: freshId("secret"), spellcheck: "false", autocapitalize: "off", ...attributes, "aria-required": "true" });
  const note = help ? element("p", { class: "help", id: `${input.id}-help` }, help) : null;
  if (note) input.setAttribute("aria-describedby", note.id);
  return { input, node: element(
    "div",
    { class: "field" },
    element("label", { for: input.id }, label, neededMark()),
    input,
    note,
  ) };
}

const valueField = (label) => field(
  label,
  { type: "password", autocomplete: "off" },
  "It is sealed in the database, and never shown again.",
);

export async function newSecret() {
  const name = field("Name", { type: "text", autocomplete: "off", placeholder: "openai" }, "Small letters, digits and hyphens.");
  const value = valueField("The secret itself");
  const done = outcome();
  const press = working("Add the secret", async () => {
    done.clear();
    const named = name.input.value.trim();
    if (named === "") { name.input.focus(); throw new Complaint("The secret needs a name."); }
    if (value.input.value === "") { value.input.focus(); throw new Complaint("The secret itself is missing."); }
    // One that is there already is somebody's: it is replaced on its own page.
    if ((await allOf("/secrets")).some((one) => one.name === named)) throw new Complaint(
      "There is a secret of this name already: replace it on its own page."
    );
    await call("PUT", at(named), { data: { value: value.input.value } });
    leaveTo(`#${at(named)}`, `${named} is sealed.`);
  }, (problem) => done.fail(problem), { class: "primary" });
  return page(
    { title: "Add a secret", intro, back: ["Secrets", "#/secrets"] },
    section("The secret", name.node, value.node, element("div", { class: "row" }, press), done.node),
  );
}

export async function secretPage(name) {
  const secret = (await allOf("/secrets")).find((one) => one.name === name);
  if (!secret) throw new Error(`There is no secret ${name}.`);
  const done = outcome();
  const remove = working("Delete", async () => {
    done.clear();
    if (!await confirmed("Delete this secret?", "This cannot be taken back.", "Delete")) return;
    await call("DELETE", at(name));
    leaveTo("#/secrets", `${name} is deleted.`);
  }, (problem) => done.fail(problem), { class: "danger" });
  return page(
    { title: name, intro, back: ["Secrets", "#/secrets"] },
    section("The secret", facts([
      ["Used by", usersOf(secret)],
      ["Made", moment(secret.created)],
      ["Changed", moment(secret.changed)],
      ["In a document", element("code", {}, `{ secret: ${name} }`)],
    ])),
    section("Another in its place", replacement(name)),
    section(
      "Delete it",
      element("p", { class: "help" }, "Only what nothing uses can be deleted."),
      element("div", { class: "row" }, remove),
      done.node,
    ),
  );
}

// Puts another value in the place of a secret's.
export function replacement(name) {
  const value = valueField("The secret from now on");
  const done = outcome();
  const press = working("Replace it", async () => {
    done.clear();
    if (value.input.value === "") { value.input.focus(); throw new Complaint("The secret itself is missing."); }
    await call("PUT", at(name), { data: { value: value.input.value } });
    value.input.value = "";
    done.say(`${name} is replaced, and what uses it goes out with the other one from now on.`);
  }, (problem) => done.fail(problem));
  return [value.node, element("div", { class: "row" }, press), done.node];
}
