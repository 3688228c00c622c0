// What a refusal of the server says to the person, and what they can do about it.

import { Problem, SignedOut, me, roleFor } from "./api.js";
import { element, link, put, replace } from "./dom.js";
import { leaveToSignIn } from "./session.js";
import { YAMLComplaint } from "./yaml-flow.js";

// What the page itself says to whoever left something out: no failure.
export class Complaint extends Error {}

// A place for the outcome of what somebody did: a refusal, or a sentence that it is done.
export function outcome() {
  const node = element("div", { class: "outcome-of", tabindex: "-1" });
  return {
    node,
    clear() { node.replaceChildren(); },
    async fail(problem) { replace(node, await problemNotice(problem)); },
    say(...content) { replace(node, element("div", { class: "notice good", role: "status" }, content)); },
    show(...content) { replace(node, content); },
  };
}

export async function problemNotice(problem) {
  if (problem instanceof SignedOut) return signedOutNotice();
  if (!(problem instanceof Problem)) {
    if (!(problem instanceof YAMLComplaint || problem instanceof Complaint)) console.error(problem);
    return element("div", { class: "notice bad", role: "alert" }, element("p", {}, problem.message));
  }
  const notice = element(
    "div",
    { class: "notice bad", role: "alert", "data-code": problem.code },
    element("p", {}, sentence(problem.message.split("\n")[0])),
  );
  if (problem.status === 403) put(notice, await whatIsMissing(problem));
  if (problem.status === 503) put(notice, element("p", {}, "Try again in a moment."));
  const ways = [
    problem.type?.includes("/problems/") && element(
      "a",
      { href: new URL(problem.type, location.origin).pathname, target: "_blank", rel: "noopener" },
      "What this means",
    ),
    problem.trace && link("Why, step by step", `#/explanations/${problem.trace}`),
  ].filter(Boolean);
  return put(notice, ways.length > 0 ? element("p", { class: "ways" }, ways.flatMap((way) => [way, " "])) : null);
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const roles = ["viewer", "publisher", "admin", "owner"];

async function whatIsMissing(problem) {
  const [needed, person] = await Promise.all([
    roleFor(problem.operation ?? "").catch(() => undefined),
    me().catch(() => ({})),
  ]);
  // What needs more than the operation itself says so in its sentence.
  if (!needed || roles.indexOf(needed) <= roles.indexOf(person.server_role)) return null;
  const own = person.server_role ? `yours is ${person.server_role}` : "you have none";
  return element(
    "p",
    { class: "missing-role" },
    "This needs the role ",
    element("b", {}, needed),
    " on this server; ",
    own,
    person.name ? `. An owner gives it to you on the page of the user ${person.name}.` : ".");
}

function signedOutNotice() {
  const again = element("button", { type: "button", class: "primary" }, "Sign in again");
  again.addEventListener("click", () => leaveToSignIn({ silently: false }));
  return element(
    "div",
    { class: "notice bad", role: "alert" },
    element("p", {}, "Your session is over. What you typed here is not saved."),
    again,
  );
}
