// The pages of the objects that a configuration is made of: the list of a kind, an object, another one.

import { action, secret } from "./action.js";
import { adviceOn } from "./advice.js";
import { actorWords } from "./actors.js";
import { call, pageOf, schemaOf } from "./api.js";
import { callLineBox } from "./call-line.js";
import { contextFor } from "./context.js";
import { confirmed, element, freshId, link, neededMark, working } from "./dom.js";
import { changeText, editor } from "./editor.js";
import { form, prefixOf } from "./form.js";
import { endpointsTable, healthBadge, healthOf } from "./health.js";
import { ownerBadge, ownerWords } from "./kinds.js";
import { list } from "./list.js";
import { moment } from "./moments.js";
import { facts, go, leaveTo, page, section } from "./page.js";
import { outcome } from "./problem.js";
import { trial } from "./trial.js";
import { quoted } from "./yaml-write.js";

const modelKinds = new Set(["provider", "model", "budget"]);
const address = (kind, name) => `/${kind.plural}/${encodeURIComponent(name)}`;
const hash = (kind, name) => `#/${kind.plural}/${encodeURIComponent(name)}`;

export async function objectList(kind) {
  const health = kind.kind === "upstream" ? await healthOf() : null;
  const columns = [
    { title: "Name", cell: (row) => row.name },
    ...kind.columns.map(([title, cell]) => ({ title, cell: (row) => cell(row.value) })),
    ...(health ? [{ title: "Health", cell: (row) => healthBadge(health.get(row.name)) }] : []),
    { title: "Owner", cell: (row) => ownerBadge(row.owner) },
    { title: "Changed", cell: (row) => (row.changed === undefined ? "" : moment(row.changed)) },
  ];
  const model = go("Add a model", "#/add-model", true);
  const ways = {
    api: go("Protect an API", "#/protect", true), consumer: go("Let somebody in", "#/let-in", true), model, provider: model,
  };
  const another = go(`Add ${article(kind.one)}`, `#/${kind.plural}/+`, !ways[kind.kind]);
  const rows = await list({
    what: kind.title, columns, href: (row) => hash(kind, row.name), load: (after) => pageOf(
      `/${kind.plural}`,
      { after, limit: 100 },
    ),
    empty: [
      element("p", {}, element("b", {}, `There is no ${kind.one} yet.`), ` ${kind.first}`),
      element("div", { class: "row" }, ways[kind.kind]?.cloneNode(true), another.cloneNode(true)),
    ],
  });
  return page(
    {
      title: kind.title,
      intro: rows.rows.length > 0 ? kind.first : null,
      actions: rows.rows.length > 0 ? [another, ways[kind.kind]] : [],
    },
    rows);
}

const article = (noun) => (/^[aeiouA]/.test(noun) ? `an ${noun}` : `a ${noun}`);

export async function objectPage(kind, name) {
  const schema = await schemaOf(kind.operation);
  const [{ body, etag }, context] = await Promise.all([call("GET", address(kind, name)), contextFor(schema)]);
  const isOurs = body.owner === "console";
  const fields = form({ schema, value: body.value, path: () => [kind.plural, name], context, readOnly: !isOurs });
  const whole = editor({
    form: fields, etag, noun: kind.one, previews: true, prefix: () => prefixOf([kind.plural, name]),
    write: (value, tag, query) => call("PUT", address(kind, name), { data: value, etag: tag, query }),
    remove: (tag, query) => call("DELETE", address(kind, name), { etag: tag, query }),
    read: async () => {
      const now = await call("GET", address(kind, name));
      return { value: now.body.value, etag: now.etag, by: await actorWords(now.body.changed_by ?? "") };
    },
    saved: ({ body: change }, done) => {
      done.show(changeText(change, "Nothing differs from what is in force.", inForce(change)));
    },
    removed: () => leaveTo(`#/${kind.plural}`, `${name} is deleted.`),
  });
  const foreign = isOurs
    ? null
    : element("div", { class: "notice owner" }, element(
      "p",
      {},
      element("b", {}, `This belongs to the ${ownerWords(body.owner)}.`),
      body.owner === "demo"
        ? " It is there because the server was started with --demo, and is stored nowhere. Here it can be seen."
        : " It is changed there, and put to work with signet apply or under As code. Here it can be seen.",
    ), body.owner === "demo" ? null : takeOver(kind, name, body));
  return page(
    { title: name, intro: kind.first, back: [kind.title, `#/${kind.plural}`] },
    foreign,
    await adviceOn(kind.kind, name),
    section(`The ${kind.one}`, whole),
    kind.kind === "api" ? await callSections(body.value) : null,
    modelKinds.has(kind.kind) ? await (await import("./pages-models.js")).sectionsOf(kind.kind, name, body.value, isOurs) : null,
    kind.kind === "issuer" ? await (await import("./pages-issuers.js")).publishedKeys(body.value) : null,
    kind.kind === "upstream"
      ? await upstreamHealth(name)
      : null, kind.kind === "credential" && isOurs ? await renewal(name, body.value) : null,
    facts([
      ["Owner", ownerWords(body.owner)],
      ...(body.revision === undefined ? [] : [
        ["Revision", link(String(body.revision), `#/history/${body.revision}`)],
        ["Changed", moment(body.changed)],
        ["By", await actorWords(body.changed_by)],
      ]),
    ]));
}

// From a file to the console: the file does not apply any more until it says nothing of the object, or takes it back.
function takeOver(kind, name, { owner, revision, value }) {
  const done = outcome();
  const press = working("Take it over", async () => {
    done.clear();
    if (!await confirmed(
      `Take ${name} over from the ${ownerWords(owner)}?`,
      "It is then changed here. Until the file no longer lists it, signet apply refuses the file.",
      "Take it over",
    )) return;
    const document = quoted({ [kind.plural]: { [name]: value } });
    await call("POST", "/configuration/objects", { data: { document, take_over: true, unchanged_since: revision, note: "taken over" } });
    leaveTo(hash(kind, name), `${name} belongs to the console now.`);
  }, (problem) => done.fail(problem));
  return element("div", {}, element("div", { class: "row" }, press), done.node);
}

async function callSections(api) {
  return [section("Call it", await callLineBox(api)), section("Try it from here", trial(api))];
}

const inForce = (change) => `In force as revision ${change.revision}:`;

async function upstreamHealth(name) {
  const health = (await healthOf()).get(name);
  return health ? section("Health", endpointsTable([health])) : null;
}

async function renewal(name, value) {
  return section("The secret", await action("makeCredentialSecret", {
    label: "Make another secret", at: { name }, omit: ["consumer", "kind"],
    ask: {
      question: `Make another secret for ${name}?`,
      consequence: "The one that is there is no good from then on.",
    },
    done: (made, result) => result.show(secret(value.kind === "basic" ? "The password" : "The API key", made.secret)),
  }));
}

// Another object: its name, and the form.
export async function newObject(kind) {
  const schema = await schemaOf(kind.operation);
  const name = element("input", {
    id: freshId("name"),
    type: "text",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: kind.example,
    "aria-required": "true",
  });
  const help = element(
    "p",
    { class: "help", id: freshId("help") },
    "Small letters, digits and hyphens. It cannot be changed later.",
  );
  name.setAttribute("aria-describedby", help.id);
  const named = () => name.value.trim();
  const fields = form({ schema, path: () => [kind.plural, named() || "name"], context: await contextFor(schema) });
  const whole = editor({
    form: fields, etag: "*", noun: kind.one, previews: true, prefix: () => prefixOf([kind.plural, named()]), label: `Add the ${kind.one}`,
    write: (value, tag, query) => {
      if (named() === "") { name.focus(); throw new Error(`The ${kind.one} needs a name.`); }
      return call("PUT", address(kind, named()), { data: value, etag: tag, query });
    },
    saved: ({ body: change }) => leaveTo(
      hash(kind, named()),
      `${named()} is in force, as revision ${change.revision}.`,
    ),
    read: async () => null,
  });
  return page({ title: `Add ${article(kind.one)}`, intro: kind.first, back: [kind.title, `#/${kind.plural}`] },
    section(
      `The ${kind.one}`,
      element("div", { class: "field" }, element("label", { for: name.id }, "Name", neededMark()), name, help),
      whole,
    ));
}

// A credential is best made with a secret by the server; one whose secret is elsewhere is an object like any other.
export async function newCredential(kind) {
  const name = element("input", {
    id: freshId("name"),
    type: "text",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: kind.example,
    "aria-required": "true",
  });
  const schema = await schemaOf("makeCredentialSecret");
  const fields = form({ schema: { ...schemaWithNeeds(schema) }, context: await contextFor(schema) });
  fields.tabs.remove();
  const whole = editor({
    form: fields, etag: undefined, noun: "credential", label: "Make it",
    write: (value) => {
      if (name.value.trim() === "") { name.focus(); throw new Error("The credential needs a name."); }
      return call("POST", `/credentials/${encodeURIComponent(name.value.trim())}/secret`, { data: value });
    },
    saved: ({ body: made }, done) => {
      whole.querySelector(".row")?.remove();
      done.show(
        element("div", { class: "notice good", role: "status" }, element(
          "p",
          {},
          `${made.credential} opens what ${made.consumer} may call, from now on.`,
        )),
        secret(
          made.kind === "basic" ? "The password" : "The API key",
          made.secret,
        ), link("To the credential", hash(kind, made.credential)));
    },
    read: async () => null,
  });
  return page(
    {
      title: "Make a credential",
      intro: kind.first,
      back: [kind.title, `#/${kind.plural}`],
      actions: [go("The secret is in a file or a variable", "#/credentials/+elsewhere")],
    },
    section(
      "The credential",
      element("div", { class: "field" }, element("label", { for: name.id }, "Name", neededMark()), name),
      whole,
    ));
}

const schemaWithNeeds = (schema) => ({ ...schema, required: ["consumer"] });
