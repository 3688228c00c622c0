// What is shown to an API that is tried from here: typed in, sent once, and kept nowhere.

import { question } from "./journey.js";

// `shown` is what the API asks for (shownAt). -> { nodes, refresh(), headers(), token() }
export function shownCredential(shown) {
  const state = { what: shown.what === "either" ? "token" : shown.what, secret: "" };
  const ask = (name, options) => question({
    get: () => state[name],
    set: (value) => { state[name] = value; },
    ...options,
  });
  const what = ask("what", { label: "What is shown", kind: "choice", options: [
    ["nothing", "Nothing"],
    ["token", "A token"],
    ["key", `An API key, in ${shown.field}`],
    ["password", "A name and a password"],
  ] });
  const secret = ask("secret", {
    label: "The secret itself", kind: "password", help: "It goes to the gateway, and is kept nowhere.",
  });
  const label = secret.node.querySelector("label");
  const refresh = () => {
    for (const one of [what, secret]) one.answer();
    secret.node.hidden = state.what === "nothing";
    label.textContent = { token: "Token", key: "API key", password: "Name:password" }[state.what] ?? "";
  };
  for (const one of [what, secret]) { one.show(); one.control.addEventListener("input", refresh); }
  refresh();
  return {
    nodes: [what.node, secret.node],
    token: () => (state.what === "token" && state.secret !== "" ? state.secret : null),
    headers: () => (state.secret === "" ? {} : {
      nothing: {},
      token: { authorization: `Bearer ${state.secret}` },
      key: { [shown.field.toLowerCase()]: state.secret },
      password: { authorization: `Basic ${base64(state.secret)}` },
    }[state.what]),
  };
}

// Of its bytes in UTF-8 (RFC 7617): btoa alone throws at what is not Latin-1.
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

// The host that a trial says, where the API is at some host names only.
export const hostOf = (api) => api.hosts?.find((name) => !name.startsWith("*"));
