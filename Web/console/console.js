// The console: signs its person in, and shows the page that the address names. Every page is made of answers of /api alone.

import { SignedOut, description, me } from "./api.js";
import { announce, button, byId, element, link, replace } from "./dom.js";
import { kindAt, learnKinds } from "./kinds.js";
import { takeFlash } from "./page.js";
import { problemNotice } from "./problem.js";
import { useComponents } from "./schema.js";
import { SignInRefused, arrive, claims, leaveToSignIn, signOut, wasSignedOut } from "./session.js";

const groups = [
  ["", [["Overview", ""], ["Protect an API", "protect"], ["Let somebody in", "let-in"], ["Add a model", "add-model"],
    ["Analytics", "analytics"]]],
  ["Gateway", ["apis", "upstreams", "policies", "issuers", "listeners"]],
  ["Callers", ["consumers", "credentials", "plans", "subscriptions"]],
  ["Language models", [
    ["Playground", "playground"], "models", "providers", "prices", "budgets", ["Spending", "spending"], ["Secrets", "secrets"],
  ]],
  ["People and applications", [
    ["Users", "users"],
    ["Roles", "roles"],
    ["Clients", "clients"],
    ["Tokens", "tokens"],
    ["Signing keys", "keys"],
  ]],
  ["Operation", [
    ["Explanations", "explanations"],
    ["Audit", "audit"],
    ["History", "history"],
    ["As code", "code"],
    ["Settings", "settings"],
  ]],
];

// The first part of the address, and what makes the page; the rest of the address is given to it.
const pages = {
  "": async () => (await import("./overview.js")).overview(),
  protect: async () => (await import("./journey-protect.js")).protect(),
  "let-in": async () => (await import("./journey-let-in.js")).letIn(),
  "add-model": async () => (await import("./journey-model.js")).addModel(),
  playground: async (alias) => (await import("./playground.js")).playground(alias),
  spending: async () => (await import("./pages-spending.js")).spendingPage(),
  secrets: async (name) => {
    const made = await import("./pages-secrets.js");
    return name === undefined ? made.secretList() : name === "+" ? made.newSecret() : made.secretPage(name);
  },
  users: async (name) => {
    const made = await import("./pages-people.js");
    return name === undefined ? made.userList() : name === "+" ? made.newUser() : made.userPage(name);
  },
  clients: async (id) => {
    const made = await import("./pages-clients.js");
    return id === undefined ? made.clientList() : id === "+" ? made.newClient() : made.clientPage(id);
  },
  analytics: async () => (await import("./pages-analytics.js")).analyticsPage(),
  roles: async () => (await import("./pages-roles.js")).rolePage(),
  tokens: async () => (await import("./pages-tokens.js")).tokenPage(),
  keys: async () => (await import("./pages-keys.js")).keyPage(),
  explanations: async (trace) => {
    const made = await import("./pages-explanations.js");
    return trace === undefined ? made.explanationList() : made.explanationPage(trace);
  },
  audit: async () => (await import("./pages-audit.js")).auditPage(),
  history: async (number) => {
    const made = await import("./pages-history.js");
    return number === undefined ? made.historyPage() : made.revisionPage(number);
  },
  code: async () => (await import("./pages-code.js")).codePage(),
};

async function pageOfKind(kind, name) {
  const made = await import("./pages-objects.js");
  if (name === undefined) return made.objectList(kind);
  if (name === "+") return kind.kind === "credential" ? made.newCredential(kind) : made.newObject(kind);
  return name.startsWith("+") ? made.newObject(kind) : made.objectPage(kind, name);
}

function pageAt(first, rest) {
  if (Object.hasOwn(pages, first)) return pages[first](...rest);
  const kind = kindAt(first);
  return kind
    ? pageOfKind(kind, ...rest)
    : { title: "No such page", node: element("p", {}, "There is no such page. ", link("Overview", "#/")) };
}

let shown = 0;

async function show() {
  const number = ++shown;
  const main = byId("main");
  const [first = "", ...rest] = partsOf(location.hash);
  markMenu(first);
  main.setAttribute("aria-busy", "true");
  const late = setTimeout(
    () => { if (number === shown) replace(main, element("p", { class: "loading" }, "Asking the server…")); },
    300,
  );
  let made;
  try {
    made = await pageAt(first, rest);
  } catch (problem) {
    if (problem instanceof SignedOut) {
      // Not when it only just came from there: it would go on for ever.
      if (number === 1) showSignIn(
        "Signing in did not work",
        "The server does not take the token that it gave.",
      ); else await leaveToSignIn({ silently: true });
      return;
    }
    made = { title: "Not shown", node: element(
      "div",
      { class: "page" },
      element("h1", { tabindex: "-1" }, "This page cannot be shown"),
      await problemNotice(problem),
    ) };
  } finally { clearTimeout(late); }
  if (number !== shown) return;
  document.title = `${made.title} · Signet console`;
  replace(main, takeFlash(), made.node);
  main.removeAttribute("aria-busy");
  document.documentElement.dataset.page = first || "overview";
  if (number > 1) { main.querySelector("h1")?.focus({ preventScroll: true }); scrollTo(0, 0); announce(made.title); }
}

// "#/apis/orders" -> ["apis", "orders"]; what stands behind ? only makes the same page come anew.
function partsOf(hash) {
  const parts = hash.replace(/^#\/?/, "").split("?")[0].split("/");
  try { return parts.map(decodeURIComponent); } catch { return parts; }
}

function markMenu(first) {
  for (const one of byId("menu").querySelectorAll("a")) {
    if (
      one.getAttribute("href") === `#/${first}`
    ) one.setAttribute("aria-current", "page"); else one.removeAttribute("aria-current");
  }
  byId("menu").querySelector("details")?.removeAttribute("open");
}

function drawMenu() {
  const entry = (one) => (Array.isArray(one) ? one : [kindAt(one).title, one]);
  const lists = () => groups.map(([title, entries]) => element(
    "div",
    { class: "group" },
    title ? element("h2", {}, title) : null,
    element("ul", {}, entries.map(entry).map(([label, path]) => element("li", {}, link(label, `#/${path}`))))));
  const menu = byId("menu");
  const narrow = matchMedia("(max-width: 860px)");
  const draw = () => {
    replace(menu, narrow.matches ? element("details", {}, element("summary", {}, "Pages"), lists()) : lists());
  };
  narrow.addEventListener("change", () => { draw(); markMenu(partsOf(location.hash)[0]); });
  draw();
  menu.hidden = false;
}

async function drawPerson() {
  // Whoever is signed in can sign out, whatever the server says of them.
  const person = await me().catch(() => null);
  replace(
    byId("who"),
    element(
      "span",
      { class: "person" },
      person?.name || claims().preferred_username || claims().sub,
      " ",
      person ? element("span", { class: "badge" }, person.server_role ?? "no role") : null,
    ),
    button("Sign out", signOut),
  );
}

function showSignIn(heading, ...said) {
  document.title = "Signet console";
  replace(byId("main"), element(
    "div",
    { class: "sign-in" },
    element("h1", {}, heading),
    said.map((one) => element("p", {}, one)),
    button("Sign in", () => leaveToSignIn({ silently: false }), { class: "primary" })));
  document.documentElement.dataset.page = "sign-in";
}

async function begin() {
  byId("skip").addEventListener("click", (event) => { event.preventDefault(); byId("main").focus(); });
  if (wasSignedOut()) { showSignIn("You are signed out", "Close this page, or sign in again."); return; }
  try {
    const arrived = await arrive();
    if (arrived === "fresh") { await leaveToSignIn({ silently: true }); return; }
    if (arrived === "out") {
      showSignIn(
        "Signet console",
        "Everything that this server does, in one place. Sign in with a user who has a role on it.",
      );
      return;
    }
    const described = await description();
    useComponents(described);
    const further = learnKinds(described).filter((plural) => !groups.some(([, entries]) => entries.flat().includes(plural)));
    if (further.length > 0) groups.splice(4, 0, ["More objects", further]);
  } catch (problem) {
    showSignIn(
      "Signing in did not work",
      problem instanceof SignInRefused ? problem.message : "The server does not answer. Is it running?",
    );
    return;
  }
  drawMenu();
  addEventListener("hashchange", show);
  await Promise.all([drawPerson(), show()]);
}

begin();
