// Code that verifies the token on the bench by the settings on the bench, in the language of the reader's choice. Secrets and
// private keys stay in the key box: code takes a secret from the environment, and a private key is shown as its public half.

import { byId, copyFrom, element, setText } from "./dom.js";
import { templates } from "./snippets/all.js";
import { factsOf, signingKey } from "./snippets/facts.js";
import { literals } from "./snippets/literals.js";
import { render } from "./snippets/rendering.js";
import { remember, remembered, t, translate } from "./texts.js";

let bench = null;
let chosen = templates[0];
let turn = 0;
let tabs = [];

const panel = () => byId("snippets-panel");

export function start(onBench) {
  bench = onBench;
  chosen = templates.find(({ id }) => id === remembered("snippet")) ?? templates[0];
  build();
  bench.onUpdate(draw);
}

function build() {
  tabs = templates.map((template) => {
    const tab = element("button", { type: "button", role: "tab", id: `snippet-tab-${template.id}`, "aria-controls": "snippet" }, template.label);
    tab.addEventListener("click", () => choose(template));
    return tab;
  });
  const list = element("div", { class: "snippet-tabs", role: "tablist", "data-t-label": "snippets.languages" }, tabs);
  list.addEventListener("keydown", walk);
  panel().setAttribute("aria-labelledby", "snippets-title");
  panel().replaceChildren(
    element("div", { class: "panel-head" }, element("h2", { id: "snippets-title", "data-t": "snippets.title" })),
    element("p", { class: "snippet-intro", "data-t": "snippets.intro" }),
    list,
    element("div", { id: "snippet", role: "tabpanel", class: "snippet" },
      element("p", { class: "snippet-library", id: "snippet-library" }),
      element("p", { class: "empty", id: "snippet-problem", hidden: true }),
      block("snippet-code", "snippets.code", "snippets.copy-code"),
      block("snippet-run", "snippets.run", "snippets.copy-run")));
  mark();
  translate(panel());
}

// A heading, a copy button and the text itself, which scrolls by itself and so can be reached by keyboard.
function block(id, title, label) {
  const button = element("button", { type: "button", "data-t": label });
  copyFrom(button, () => byId(id).textContent);
  return element("section", { class: "snippet-block", id: `${id}-block`, "aria-labelledby": `${id}-title` },
    element("div", { class: "snippet-head" }, element("h3", { id: `${id}-title`, "data-t": title }), button),
    element("pre", { tabindex: "0", "data-t-label": title }, element("code", { id })));
}

function choose(template) {
  chosen = template;
  remember("snippet", template.id);
  mark();
  draw();
}

function mark() {
  for (const [index, tab] of tabs.entries()) {
    const on = templates[index] === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
  }
  byId("snippet").setAttribute("aria-labelledby", `snippet-tab-${chosen.id}`);
}

// Arrow keys, Home and End, as a list of tabs is walked (WAI-ARIA Authoring Practices, tabs).
function walk(event) {
  const at = templates.indexOf(chosen);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: templates.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = (to + templates.length) % templates.length;
  choose(templates[next]);
  tabs[next].focus();
}

// Draws what the bench holds now; a newer call makes an older one stop.
async function draw() {
  const own = ++turn;
  const made = await snippet();
  if (own !== turn) return;
  byId("snippet-library").replaceChildren(element("strong", {}, chosen.library), ` ${chosen.versions}`,
    chosen.install ? element("code", {}, chosen.install) : "");
  byId("snippet-problem").hidden = !made.problem;
  setText(byId("snippet-problem"), made.problem ?? "");
  for (const [id, segments] of [["snippet-code", made.code], ["snippet-run", made.run]]) {
    byId(`${id}-block`).hidden = !segments;
    byId(id).replaceChildren(...(segments ?? []).map(({ kind, text }) => (kind === "code" ? text : element("span", { "data-kind": kind }, text))));
  }
}

async function snippet() {
  if (!bench.seen.token) return { problem: t("snippets.no-token") };
  const settings = {
    isBound: (bench.seen.claims.members ?? []).some(({ name }) => name === "cnf"),
    isFixedTime: !bench.isLive && bench.now !== null, now: bench.now ?? 0,
  };
  if (chosen.keyless) {
    const facts = factsOf({ algorithm: "", name: "" }, null, bench.policy, settings);
    return finished(chosen, withAddress(facts), null);
  }
  if (bench.key.kind === "none") return { problem: t("snippets.no-key") };
  const said = bench.judge.ask("verifier", bench.question);
  if (said.problem) return { problem: t("snippets.not-verifiable", { why: said.problem }) };
  if (chosen.algorithms && !chosen.algorithms.includes(said.name)) {
    return { problem: t("snippets.algorithm-unknown", { library: chosen.library, algorithm: said.name }) };
  }
  const key = await signingKey(said);
  if (said.keys && !key) return { problem: t("snippets.no-public-half") };
  return finished(chosen, factsOf(said, key, bench.policy, settings), said.secretForm ?? null);
}

function finished(template, facts, secretForm) {
  const code = render(template, facts, (key) => t(`snippets.say.${key}`));
  const token = literals.shell(bench.seen.token);
  if (!code || token === null) return { problem: t("snippets.not-writable", { language: template.label }) };
  const run = [{ kind: "code", text: "export TOKEN=" }, { kind: "literal", text: token }, { kind: "code", text: "\n" }];
  if (secretForm) {
    run.push({ kind: "comment", text: `# ${t("snippets.say.secret")}\n` }, { kind: "code", text: "IFS= read -rs SIGNET_SECRET && export SIGNET_SECRET\n" });
  }
  if (template.run) run.push({ kind: "code", text: `${template.run}\n` });
  if (template.file) run.unshift({ kind: "comment", text: `# ${t("snippets.say.file", { file: template.file })}\n` });
  return { code, run };
}

// An audience is often the address of the API itself (RFC 8707 §2).
function withAddress(facts) {
  const { audience } = facts.values;
  if (/^https:\/\/[\w.-]+(:\d+)?(\/[\w.~/-]*)?$/.test(audience)) {
    facts.flags.add("address");
    facts.values.address = audience;
  }
  return facts;
}

