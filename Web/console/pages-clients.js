// Clients: applications that get tokens.

import { action, secret } from "./action.js";
import { call, pageOf, schemaOf } from "./api.js";
import { contextFor } from "./context.js";
import { element } from "./dom.js";
import { editor } from "./editor.js";
import { form } from "./form.js";
import { list } from "./list.js";
import { moment } from "./moments.js";
import { facts, go, leaveTo, page, section } from "./page.js";
import { resolved } from "./schema.js";

const address = (id) => `/clients/${encodeURIComponent(id)}`;
const hash = (id) => `#/clients/${encodeURIComponent(id)}`;

export async function clientList() {
  return page(
    {
      title: "Clients",
      intro: "Applications that get tokens here.",
      actions: [go("Register a client", "#/clients/+", true)],
    },
    await list({
      what: "clients", load: (after) => pageOf(
        "/clients",
        { after, limit: 100 },
      ), nameOf: (row) => `${row.client_id} ${row.client_name ?? ""}`, href: (row) => hash(row.client_id),
      columns: [
        { title: "Client", cell: (row) => row.client_id },
        { title: "Shown as", cell: (row) => row.client_name ?? "" },
        {
          title: "Shows who it is",
          cell: (row) => ({ none: "with PKCE alone" })[row.token_endpoint_auth_method] ?? row.token_endpoint_auth_method,
        },
        { title: "Our own", cell: (row) => (
          row.built_in ? "yes, built in" : row.management ? "yes, manages this server" : row.first_party ? "yes" : "no"
        ) },
        { title: "Gets tokens", cell: (row) => (row.active ? "yes" : element(
          "span",
          { class: "badge", "data-tone": "bad" },
          "disabled",
        )) }],
      empty: [
        element(
          "p",
          {},
          element("b", {}, "No client is registered yet."),
          " Register the first application that is to get tokens.",
        ),
        go("Register a client", "#/clients/+", true),
      ],
    }),
    section("Registration by themselves", await action("makeRegistrationToken", {
      label: "Make a registration token", done: (body, result) => result.show(
        secret("The registration token", body.registration_token),
        element("p", { class: "help" }, "It is good until ", moment(body.expires), "."),
      ),
    })));
}

export async function newClient() {
  const schema = await schemaOf("createClient");
  const whole = editor({
    form: form({ schema, context: await contextFor(schema) }), noun: "client", label: "Register the client",
    write: (value) => call("POST", "/clients", { data: value }), read: async () => null,
    saved: ({ body }, done) => {
      if (!body.client_secret) { leaveTo(hash(body.client_id), `${body.client_id} is registered.`); return; }
      whole.querySelector(":scope > .row")?.remove();
      done.show(
        element("div", { class: "notice good", role: "status" }, `${body.client_id} is registered.`),
        secret("The client secret", body.client_secret),
        go("To the client", hash(body.client_id)),
      );
    },
  });
  return page(
    {
      title: "Register a client",
      back: ["Clients", "#/clients"],
      intro: "An app that cannot keep a secret (a page, a phone) says none for how it shows who it is.",
    },
    section("The client", whole),
  );
}

export async function clientPage(id) {
  const whole = resolved(await schemaOf("replaceClient"));
  // The id is in the address, and stays what it is.
  const { client_id: _, ...properties } = whole.properties;
  const schema = { ...whole, properties, required: [] };
  const { body: client, etag } = await call("GET", address(id));
  const document = (body) => Object.fromEntries(Object.entries(body).filter(
    ([name]) => Object.hasOwn(schema.properties, name)
  ));
  const fields = editor({
    form: form({
      schema,
      value: document(client),
      context: await contextFor(schema),
      readOnly: client.built_in,
    }), etag, noun: "client",
    write: (value, tag) => call("PUT", address(id), {
      data: { client_id: id, ...value },
      etag: tag,
    }), remove: (tag) => call("DELETE", address(id), { etag: tag }),
    read: async () => {
      const now = await call("GET", address(id));
      return { value: document(now.body), etag: now.etag };
    },
    saved: (_, done) => done.say("Saved."), removed: () => leaveTo(
      "#/clients",
      `${id} is deleted, and its tokens are refused.`,
    ),
  });
  const again = (text) => () => leaveTo(`${hash(id)}?${Date.now()}`, text);
  const at = { id };
  const hasSecret = client.token_endpoint_auth_method.startsWith("client_secret");
  return page({ title: id, back: ["Clients", "#/clients"] },
    client.built_in
      ? element("p", { class: "notice" }, "This client is part of the server. It can be disabled, and not changed.")
      : null,
    facts([["Gets tokens", client.active ? "yes" : "no"], ["Manages this server", client.management ? "yes" : "no"]]),
    section("The client", fields),
    section("Secret and access", element("div", { class: "actions" },
      hasSecret ? await action("renewClientSecret", {
        label: "Make another secret",
        at,
        ask: { question: `Make another secret for ${id}?`, consequence: "The old one is no good from then on." },
        done: (body, result) => result.show(secret("The client secret", body.client_secret)) }) : null,
      await action("revokeClient", {
        label: "Revoke its tokens",
        at,
        danger: true,
        ask: { question: `Revoke every token of ${id}?`, consequence: "Its sessions end." },
        done: again("Its tokens are refused from now on."),
      }),
      client.active
        ? await action("disableClient", {
          label: "Disable",
          at,
          danger: true,
          ask: { question: `Disable ${id}?`, consequence: "It gets no more tokens, and those it holds are refused." },
          done: again("It gets no more tokens."),
        })
        : await action("enableClient", { label: "Enable", at, done: again("It gets tokens again.") }))),
    section("What its tokens say", await action("previewClaims", {
      label: "Show the claims",
      title: "Claims of a user",
      at,
      omit: ["claims"],
      done: (body, result) => result.show(element(
        "pre",
        { tabindex: "0", "aria-label": "Claims" },
        JSON.stringify(body, null, 2),
      )) })));
}
