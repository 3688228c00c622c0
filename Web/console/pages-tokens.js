// What clients were given and is still good, what is refused before its time, and refusing more of it.

import { call, get, pageOf } from "./api.js";
import { button, confirmed, element, freshId, link, replace, working } from "./dom.js";
import { list } from "./list.js";
import { moment } from "./moments.js";
import { facts, leaveTo, page, section } from "./page.js";
import { outcome } from "./problem.js";
import { metadata } from "./session.js";
import { claimsOf, openInStudio } from "./token-text.js";

export async function tokenPage() {
  const found = element("div", { class: "found" });
  const rows = element("div", { class: "found" });
  replace(rows, await given({}));
  return page(
    {
      title: "Tokens",
      intro: "What clients hold and is still good. Access tokens are not kept: of each there is the session that it came of.",
    },
    section("Find", search(found, rows), found),
    section("Given and still good", rows),
    section("Refused before its time", await refused()),
  );
}

// By user, client, session, or the token itself, which is read in this page and not sent.
function search(found, rows) {
  const input = (type, placeholder) => element("input", {
    id: freshId("find"),
    type,
    placeholder,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
  });
  const fields = { user: input("text", "ada"), client: input("text", "web-shop"), session: input("text", "ses_…") };
  const token = input("password", "eyJ…");
  const done = outcome();
  const labelled = (label, control) => element(
    "div",
    { class: "field" },
    element("label", { for: control.id }, label),
    control,
  );
  const form = element(
    "form",
    { class: "find", role: "search" },
    labelled("User", fields.user),
    labelled("Client", fields.client),
    labelled("Session", fields.session),
    labelled("Token", token),
    element("button", { type: "submit" }, "Find"),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    done.clear();
    try {
      const query = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value.trim()]));
      const text = token.value.trim();
      const claims = text === "" ? null : claimsOf(text);
      if (text !== "" && claims === null) throw new Error("This is no token in three parts.");
      if (claims) query.session = typeof claims.sid === "string" ? claims.sid : "";
      replace(found, claims ? tokenBox(claims, text, (await metadata()).issuer, done) : null);
      const isOfNoSession = claims && query.session === "";
      replace(rows, isOfNoSession
        ? element("p", { class: "empty" }, "This token says no session (sid).")
        : await given(query));
    } catch (problem) { await done.fail(problem); }
  });
  return [form, done.node];
}

// Ids are of those who issued them: to refuse one here says nothing of the same id elsewhere.
function tokenBox(claims, text, issuer, done) {
  const time = (seconds) => (typeof seconds === "number" ? moment(seconds) : null);
  const isOwn = claims.iss === issuer;
  const id = isOwn && typeof claims.jti === "string" ? claims.jti : null;
  return element("section", { class: "notice", "aria-label": "The token" },
    facts([
      ["Issuer (iss)", said(claims.iss)], ["Subject (sub)", said(claims.sub)], ["Audience (aud)", said(claims.aud)],
      ["Client", said(claims.client_id)], ["Scope", said(claims.scope)], ["Id (jti)", said(claims.jti)],
      ["Session (sid)", said(claims.sid)], ["Expires", time(claims.exp)],
    ]),
    element("p", { class: "help" }, "Read here, and not verified: the Studio judges it."),
    isOwn ? null : element("p", { class: "help" }, "It is not of this server: its own issuer has to revoke it."),
    element("div", { class: "row" },
      button("Look at it in the Studio", () => openInStudio(text)),
      id === null ? null : working("Refuse this token", async () => {
        if (!await confirmed("Refuse this token?", "Everybody who judges tokens refuses it from then on.", "Refuse it")) return;
        await call("POST", `/tokens/${encodeURIComponent(id)}/revoke`);
        leaveTo(`#/tokens?${Date.now()}`, `The token ${id} is refused from now on.`);
      }, (problem) => done.fail(problem), { class: "danger" })));
}

const said = (value) => (
  value === undefined ? null : element("code", {}, typeof value === "string" ? value : JSON.stringify(value))
);

async function given(query) {
  const done = outcome();
  const rows = await list({
    what: "tokens", searchable: false, load: (after) => pageOf("/tokens", { ...query, after, limit: 50 }),
    columns: [
      { title: "User", cell: (row) => (
        row.user ? link(row.user, `#/users/${encodeURIComponent(row.user)}`) : "nobody any more"
      ) },
      { title: "Client", cell: (row) => (row.client === "first-party" ? "the server itself" : link(
        row.client,
        `#/clients/${encodeURIComponent(row.client)}`,
      )) },
      { title: "May", cell: (row) => row.scope },
      { title: "For", cell: (row) => row.audiences.join(", ") || "the usual" },
      { title: "Since", cell: (row) => moment(row.authenticated) },
      { title: "Ends", cell: (row) => moment(row.expires) },
      { title: "Session", cell: (row) => element("code", {}, row.session) },
      { title: "Do", cell: (row) => working("End", async () => {
        if (!await confirmed(
          "End this session?",
          "Its refresh token and its access tokens are refused from then on. It may be the one that you are using now.",
          "End it",
        )) return;
        await call("POST", `/sessions/${encodeURIComponent(row.id)}/end`);
        leaveTo(`#/tokens?${Date.now()}`, "The session is over.");
      }, (problem) => done.fail(problem), {
        class: "danger quiet",
        "aria-label": `End the session of ${row.user ?? "nobody"} at ${row.client}`,
      }) },
    ],
    empty: element("p", {}, "Nothing of this kind is good now."),
  });
  return [rows, done.node];
}

const kinds = {
  token: "One token (jti)",
  session: "A session (sid)",
  subject: "A user (sub)",
  client: "A client",
  key: "A signing key (kid)",
};

async function refused() {
  const first = await get("/revocations", { limit: 1 });
  if (first.revocations.length === 0) return element("p", { class: "empty" }, "Nothing is refused before its time.");
  return list({
    what: "revocations", load: (after) => pageOf("/revocations", { after, limit: 50 }),
    nameOf: (row) => `${row.kind} ${row.id}`, columns: [
      { title: "What", cell: (row) => kinds[row.kind] ?? row.kind },
      { title: "Which", cell: (row) => element("code", {}, row.id) },
      { title: "Issued until", cell: (row) => (row.issued_until === undefined ? "any time" : moment(row.issued_until)) },
      { title: "Forgotten", cell: (row) => (row.expires > 250_000_000_000 ? "never" : moment(row.expires)) },
    ], empty: element("p", {}, "Nothing is refused before its time."),
  });
}
