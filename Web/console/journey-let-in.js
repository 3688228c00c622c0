// Let somebody in: who they are, in which plan, and what they show who they are with.

import { secret } from "./action.js";
import { allOf, call } from "./api.js";
import { accessOf, keyFields, keyLinesBox } from "./call-line.js";
import { element } from "./dom.js";
import { journey, question } from "./journey.js";
import { go, page } from "./page.js";
import { Complaint } from "./problem.js";
import { isObject } from "./schema.js";

const NEW = "";
const NONE = "-";

export async function letIn() {
  const [consumers, plans, all] = await Promise.all([allOf("/consumers"), allOf("/plans"), allOf("/apis")]);
  // A plan that is stored can open only what is stored.
  const apis = all.filter(({ owner }) => owner !== "demo");
  const state = {
    consumer: NEW,
    name: "",
    title: "",
    shows: "api-key",
    subject: "",
    client: "",
    plan: plans.length > 0 ? plans[0].name : NEW,
    planName: "",
    limit: "",
    opens: NEW,
    more: {},
  };
  const ask = (name, options) => [name, question({
    get: () => state[name],
    set: (value) => { state[name] = value; },
    ...options
  })];
  const asked = new Map([
    ask("consumer", { label: "Who", kind: "choice", options: [
      [NEW, "Somebody who is not here yet"],
      ...consumers.map(({ name, value }) => [name, value.title ? `${value.title} (${name})` : name])
    ] }),
    ask("name", {
      label: "Name",
      needed: true,
      placeholder: "acme",
      help: "A person, a team or an application. Small letters, digits and hyphens.",
    }),
    ask("title", { label: "Title", placeholder: "Acme, web shop", help: "What people call them. May stay empty." }),
    ask("shows", { label: "They show who they are with", kind: "choice", options: [
      ["api-key", "An API key, made now and shown once"],
      ["basic", "A name and a password, made now and shown once"],
      ["subject", "Tokens of this server, for one person (sub)"],
      ["client", "Tokens of this server, of one client (client_id)"],
    ] }),
    ask("subject", { label: "Subject", needed: true, placeholder: "usr_…", help: "The sub of their tokens." }),
    ask("client", { label: "Client", needed: true, placeholder: "web-shop", help: "The client_id of their tokens." }),
    ask("plan", { label: "Plan", kind: "choice", options: [
      ...plans.map(({ name, value }) => [name, value.limit ? `${name} (${value.limit.join(", ")})` : name]),
      [NEW, "Another plan"],
      [NONE, "None"],
    ] }),
    ask("planName", { label: "Name of the plan", needed: true, placeholder: "basic" }),
    ask("limit", {
      label: "Limit",
      placeholder: "5/min per consumer",
      help: "How often, over all APIs of the plan together. May stay empty.",
    }),
    ask("opens", { label: "It opens", kind: "choice", options: [
      [NEW, "Every API"],
      ...apis.map(({ name }) => [name, name])
    ] }),
  ]);
  const isNew = () => state.consumer === NEW;
  const hidden = {
    name: () => !isNew(), title: () => !isNew(), subject: () => !isNew() || state.shows !== "subject", client: () => !isNew() || state.shows !== "client",
    planName: () => state.plan !== NEW, limit: () => state.plan !== NEW, opens: () => state.plan !== NEW,
  };
  const visible = (one) => { const [name] = [...asked].find(([, other]) => other === one); return !hidden[name]?.(); };
  const who = () => state.consumer || state.name || "name";
  const planOf = () => (state.plan === NEW ? state.planName || "plan" : state.plan);

  function documentOf() {
    const tokens = { subject: { subjects: [state.subject] }, client: { clients: [state.client] } }[state.shows] ?? {};
    return {
      ...(isNew() ? { consumers: { [who()]: {
        ...(state.title ? { title: state.title } : {}),
        ...tokens,
        ...state.more.consumer
      } } } : {}),
      ...(state.plan === NEW ? { plans: { [planOf()]: {
        ...(state.limit ? { limit: state.limit.split(/\s*,\s*/) } : {}),
        ...(state.opens ? { apis: [state.opens] } : {})
      } } } : {}),
      ...(state.plan === NONE ? {} : { subscriptions: { [`${who()}-${planOf()}`]: {
        consumer: who(),
        plan: planOf(),
        ...state.more.subscription
      } } }),
    };
  }
  const makesSecret = () => state.shows === "api-key" || state.shows === "basic";
  const node = journey({
    questions: [...asked.values()], documentOf, visible, take: (document) => takeDocument(document, state), label: "Let them in", note: "Let somebody in",
    prepare: async (document) => {
      const [name] = Object.keys(document.subscriptions ?? {});
      const isThere = name && (await allOf("/subscriptions")).some((one) => one.name === name);
      if (isThere) throw new Complaint(`${who()} has the plan ${planOf()} already: choose “None” as the plan.`);
      return async () => {};
    },
    finish: async (done, change, document) => {
      const said = element("div", { class: "notice good", role: "status" }, element(
        "p",
        {},
        element("b", {}, `${who()} is let in.`),
        makesSecret() || !isNew() ? "" : " Their tokens name them from now on.",
      ));
      if (!makesSecret()) { done.show(said, go("To the consumer", `#/consumers/${who()}`)); return; }
      const taken = new Set((await allOf("/credentials")).map(({ name }) => name));
      const name = freeName(`${who()}-${state.shows === "basic" ? "password" : "key"}`, taken);
      const { body: made } = await call(
        "POST",
        `/credentials/${name}/secret`,
        { data: { consumer: who(), kind: state.shows } },
      );
      const opened = openedBy(document, apis, plans);
      done.show(
        said,
        secret(made.kind === "basic" ? `The password of ${name}` : "The API key", made.secret),
        howToCall(made, opened),
        ...(made.kind === "basic" ? [] : await Promise.all(
          opened.slice(0, MOST_LINES).map(({ name, value }) => keyLinesBox(name, value, made.secret))
        )),
        element(
          "div",
          { class: "row" },
          go("To the credential", `#/credentials/${name}`),
          go("Refusals", "#/explanations"),
        ));
    },
  });
  return page(
    { title: "Let somebody in", intro: "A consumer, their plan, and what they show who they are with." },
    node,
    apis.length === 0
      ? element("p", { class: "help" }, "There is no API yet that they could call. ", go("Protect an API", "#/protect"))
      : null);
}

function freeName(wanted, taken) {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
  return name;
}

const MOST_LINES = 5;

// The APIs that the plan of a document opens: those it names, and all of them where it names none.
function openedBy(document, apis, plans) {
  const which = firstOf(document.subscriptions)[1]?.plan;
  const plan = document.plans?.[which] ?? plans.find(({ name }) => name === which)?.value;
  const names = isObject(plan) ? listOf(plan.apis) : [];
  return names.length > 0 ? apis.filter(({ name }) => names.includes(name)) : apis;
}

// Which header field the key goes into, as the APIs say it.
function howToCall(made, apis) {
  if (made.kind === "basic") return element(
    "p",
    {},
    "It goes into the Authorization field (Basic), with ",
    element("code", {}, made.credential),
    " as the name.",
  );
  const fields = new Map(apis.flatMap(({ name, value }) => keyFields(accessOf(value)).map((field) => [field, name])));
  if (fields.size === 0) return element("p", {}, "No API that is open to them takes API keys yet: say so where it says who may call.");
  return element("ul", {}, [...fields].map(([field, api]) => element(
    "li",
    {},
    `${api} takes it in the header field `,
    element("code", {}, field),
    ".",
  )));
}

// Further members of the consumer and of the subscription are kept beside the answers.
function takeDocument(document, state) {
  const strange = Object.keys(document).find((name) => !["consumers", "plans", "subscriptions"].includes(name));
  if (strange) throw new Error(`This page makes a consumer, a plan and a subscription; ${strange} go to As code.`);
  for (const [plural, entries] of Object.entries(document)) {
    if (Object.keys(entries ?? {}).length > 1) throw new Error(
      `One of ${plural} at a time: a document with several goes to As code.`
    );
  }
  const [name, consumer] = firstOf(document.consumers);
  const [planName, plan] = firstOf(document.plans);
  const [, subscription] = firstOf(document.subscriptions);
  const { title, subjects, clients, ...others } = isObject(consumer) ? consumer : { title: consumer };
  const { limit, apis } = isObject(plan) ? plan : { limit: plan };
  if ([subjects, clients, apis].some((value) => listOf(value).length > 1)) throw new Error(
    "This page asks for one subject, client and API; several go to the forms of consumer and plan."
  );
  const { consumer: whose, plan: which, ...terms } = subscription ?? {};
  state.more = { consumer: others, subscription: terms };
  if (name) Object.assign(state, {
    consumer: NEW,
    name,
    title: title ?? "",
    subject: listOf(subjects)[0] ?? "",
    client: listOf(clients)[0] ?? "",
  });
  else if (whose) state.consumer = whose;
  if (subjects) state.shows = "subject"; else if (clients) state.shows = "client";
  if (planName) Object.assign(state, {
    plan: NEW,
    planName,
    limit: listOf(limit).join(", "),
    opens: listOf(apis)[0] ?? "",
  });
  else state.plan = which ?? NONE;
}

const firstOf = (entries) => Object.entries(entries ?? {})[0] ?? [];
const listOf = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
