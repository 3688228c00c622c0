// Users with their roles and sessions.

import { action, secret } from "./action.js";
import { allOf, call, me, pageOf, schemaOf } from "./api.js";
import { contextFor } from "./context.js";
import { confirmed, element, working } from "./dom.js";
import { editor } from "./editor.js";
import { form } from "./form.js";
import { list, table } from "./list.js";
import { moment } from "./moments.js";
import { facts, go, leaveTo, page, section } from "./page.js";
import { outcome } from "./problem.js";

const address = (name) => `/users/${encodeURIComponent(name)}`;

export async function userList() {
  return page(
    {
      title: "Users",
      intro: "Everybody who can log in here, and what they may do with this server.",
      actions: [go("Add a user", "#/users/+", true)],
    },
    await list({
      what: "users", load: (after) => pageOf(
        "/users",
        { after, limit: 100 },
      ), href: (row) => `#/users/${encodeURIComponent(row.name)}`,
      columns: [
        { title: "Name", cell: (row) => row.name },
        { title: "Role on this server", cell: (row) => row.server_role ?? "none" },
        {
          title: "Roles for applications",
          cell: (row) => row.roles.join(", "),
        }, { title: "Groups", cell: (row) => row.groups.join(", ") },
        { title: "May log in", cell: (row) => (row.active ? "yes" : element(
          "span",
          { class: "badge", "data-tone": "bad" },
          "disabled",
        )) }],
      empty: element("p", {}, element("b", {}, "There is no user.")),
    }));
}

export async function newUser() {
  const schema = await schemaOf("createUser");
  const fields = form({ schema, context: await contextFor(schema) });
  const whole = editor({
    form: fields, noun: "user", label: "Add the user", write: (value) => call(
      "POST",
      "/users",
      { data: value },
    ), read: async () => null,
    saved: ({ body }, done) => {
      if (!body.password) { leaveTo(`#/users/${encodeURIComponent(body.name)}`, `${body.name} can log in.`); return; }
      whole.querySelector(":scope > .row")?.remove();
      done.show(
        element("div", { class: "notice good", role: "status" }, `${body.name} can log in.`),
        secret("The password", body.password),
        go("To the user", `#/users/${encodeURIComponent(body.name)}`),
      );
    },
  });
  return page(
    { title: "Add a user", back: ["Users", "#/users"], intro: "Without a password, one is made and shown once." },
    section("The user", whole),
  );
}

export async function userPage(name) {
  const schema = await schemaOf("replaceUser");
  const [{ body: user, etag }, sessions] = await Promise.all([
    call("GET", address(name)),
    allOf(`${address(name)}/sessions`),
  ]);
  const known = ({ roles, groups, profile }) => ({ roles, groups, profile });
  const whole = editor({
    form: form({ schema, value: known(user), context: await contextFor(schema) }), etag, noun: "user",
    // What is said of nothing is an empty list here: the operation wants all three.
    write: (value, tag) => call("PUT", address(name), {
      data: { roles: [], groups: [], profile: {}, ...value },
      etag: tag,
    }),
    read: async () => {
      const now = await call("GET", address(name));
      return { value: known(now.body), etag: now.etag };
    },
    saved: (_, done) => done.say("Saved. It is in the tokens that are made from now on."),
  });
  const again = (text) => () => leaveTo(`#/users/${encodeURIComponent(name)}?${Date.now()}`, text);
  const at = { name };
  return page({ title: name, back: ["Users", "#/users"] },
    facts([
      ["May log in", user.active ? "yes" : "no"],
      ["Role on this server", user.server_role ?? "none"],
      ["Subject (sub)", element("code", {}, user.id)],
    ]),
    section("What is known", whole),
    section("Sessions", await sessionTable(name, sessions)),
    section("Role on this server", await action("setServerRole", {
      label: "Set the role",
      title: "What the user may do here",
      at,
      value: { server_role: user.server_role },
      done: again("The role counts from the next request on.") })),
    section("Password and access", element("div", { class: "actions" },
      await action("makeResetLink", {
        label: "Make a reset link",
        at,
        done: (body, result) => result.show(secret("The link", body.link)),
      }),
      await action("setUserPassword", {
        label: "Set the password",
        at,
        ask: { question: `Set the password of ${name}?`, consequence: "Every session of the user ends." },
        done: (body, result) => (
          body.password ? result.show(secret("The password", body.password)) : result.say("The password is set.")
        ) }),
      await action("signUserOut", {
        label: "Sign out everywhere",
        at,
        danger: true,
        ask: {
          question: `Sign ${name} out everywhere?`,
          consequence: "Every session ends, and every token of them is refused.",
        },
        done: again("Every session is over."),
      }),
      user.active
        ? await action("disableUser", {
          label: "Disable",
          at,
          danger: true,
          ask: { question: `Disable ${name}?`, consequence: "The user can log in no more, and every session ends." },
          done: again("The user can log in no more."),
        })
        : await action("enableUser", { label: "Enable", at, done: again("The user can log in again.") }))));
}

async function sessionTable(name, sessions) {
  if (sessions.length === 0) return element("p", { class: "empty" }, "Not signed in anywhere.");
  const result = outcome();
  const isMe = (await me().catch(() => ({}))).name === name;
  const rows = sessions.map((session) => [
    session.kind === "browser"
      ? browserWords(session.agent)
      : session.client, session.kind, session.scope ?? "", moment(session.authenticated), moment(session.expires),
    working("End", async () => {
      const consequence = session.kind === "browser"
        ? "It ends with everything that came of it."
        : "Its tokens are refused from then on.";
      if (!await confirmed(
        "End this session?",
        isMe ? `${consequence} It may be the one that you are using now.` : consequence,
        "End it",
      )) return;
      await call("POST", `/sessions/${encodeURIComponent(session.id)}/end`);
      leaveTo(`#/users/${encodeURIComponent(name)}?${Date.now()}`, "The session is over.");
    }, (problem) => result.fail(problem), { class: "danger quiet", "aria-label": `End the session of ${session.kind === "browser" ? browserWords(session.agent) : session.client}` }),
  ]);
  return [table("Where the user is signed in", ["Where", "Kind", "May", "Since", "Ends", "Do"], rows), result.node];
}

const browserWords = (agent) => {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent ?? "")?.[1];
  const system = /(Windows|Mac OS X|Android|iPhone|Linux)/.exec(agent ?? "")?.[1];
  return browser
    ? `${{ Edg: "Edge", OPR: "Opera" }[browser] ?? browser}${system ? ` on ${system}` : ""}`
    : agent || "a browser";
};
