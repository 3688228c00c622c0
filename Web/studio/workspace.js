// The workspace's button and dialog: off until the person switches it on, then locked or open. What is kept, and how, is written down
// in workspace-store.js.

import { byId, element, setText } from "./dom.js";
import { t, translate } from "./texts.js";
import { action, message, passphraseField, twice } from "./workspace-fields.js";
import { Workspace, strengthOf } from "./workspace-items.js";
import { openView } from "./workspace-open.js";
import { shortestPassphrase } from "./workspace-store.js";

const idleMilliseconds = 15 * 60 * 1000;
const lookEvery = 5000;

let dialog = null;
let button = null;
let lastUse = 0;
const workspace = new Workspace();

export function start(bench) {
  button = element("button", { type: "button", id: "workspace-open", "aria-haspopup": "dialog" });
  dialog = element("dialog", { class: "sheet", id: "workspace", "aria-labelledby": "workspace-title" },
    element("h2", { id: "workspace-title", "data-t": "workspace.title" }),
    element("p", { class: "sheet-note", id: "workspace-message", role: "status" }),
    element("div", { id: "workspace-view" }));
  button.addEventListener("click", show);
  byId("tools-panel").append(button);
  document.body.append(dialog);
  // What was typed into a view must not outlive it.
  dialog.addEventListener("close", () => byId("workspace-view").replaceChildren());
  for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, touch, { capture: true, passive: true });
  document.addEventListener("visibilitychange", lockWhenIdle);
  addEventListener("pagehide", () => lock());
  setInterval(lockWhenIdle, lookEvery);
  context.bench = bench;
  bench.onUpdate(() => { label(); translate(dialog); });
  label();
  translate(dialog);
}

// What the views work with.
const context = {
  bench: null, workspace, message,
  close: () => dialog.close(),
  lock: () => { lock("workspace.locked"); },
  redraw: () => draw(),
};

function label() {
  setText(button, t(workspace.isOpen ? "workspace.button-open" : "workspace.button"));
}

async function show() {
  if (!dialog.open) dialog.showModal();
  message("");
  await draw();
}

async function draw() {
  label();
  let view;
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB) view = [element("p", { class: "sheet-intro" }, globalThis.crypto?.subtle ? t("workspace.no-storage") : t("webcrypto.plain-http")), buttons()];
  else if (workspace.isOpen) view = openView(context);
  else {
    try {
      view = (await Workspace.exists()) ? lockedView() : offView();
    } catch (error) {
      view = [element("p", { class: "sheet-intro" }, t(error.code === "unreadable" ? "workspace.damaged" : "workspace.no-storage")), buttons(deleteButton())];
    }
  }
  byId("workspace-view").replaceChildren(...view);
  translate(byId("workspace-view"));
  byId("workspace-view").querySelector("input")?.focus();
}

const buttons = (...own) => element("div", { class: "sheet-buttons" }, own, action("workspace.close", () => dialog.close()));

// Switching on: nothing has been stored so far.
function offView() {
  const first = passphraseField("workspace-passphrase", "workspace.passphrase", "new-password");
  const again = passphraseField("workspace-again", "workspace.again", "new-password");
  const strength = element("p", { class: "sheet-note", id: "workspace-strength", role: "status" });
  const on = action("workspace.switch-on", () => attempt(async () => {
    await workspace.create(first.input.value);
    used();
    message("workspace.is-on", "good");
  }), "primary");
  const judge = () => {
    const words = strengthOf(first.input.value, shortestPassphrase);
    const differs = again.input.value !== "" && again.input.value !== first.input.value;
    strength.dataset.level = { short: "none", weak: "warning", fair: "none", strong: "good" }[words];
    setText(strength, differs ? t("workspace.differs") : t(`workspace.strength-${words}`, { count: shortestPassphrase }));
    on.disabled = words === "short" || again.input.value !== first.input.value;
  };
  for (const { input } of [first, again]) {
    input.setAttribute("aria-describedby", "workspace-strength");
    input.addEventListener("input", judge);
    input.addEventListener("keydown", (event) => { if (event.key === "Enter" && !on.disabled) on.click(); });
  }
  judge();
  return [
    element("p", { class: "sheet-intro", "data-t": "workspace.intro" }),
    element("ul", { class: "sheet-list" }, ["encrypted", "forgotten", "where"].map((key) => element("li", { "data-t": `workspace.intro-${key}` }))),
    first.node, again.node, strength, buttons(on),
  ];
}

function lockedView() {
  const passphrase = passphraseField("workspace-passphrase", "workspace.passphrase", "current-password");
  const unlock = action("workspace.unlock", () => attempt(async () => {
    const typed = passphrase.input.value;
    passphrase.input.value = "";
    await workspace.unlock(typed);
    used();
    message("");
  }), "primary");
  passphrase.input.addEventListener("keydown", (event) => { if (event.key === "Enter") unlock.click(); });
  return [element("p", { class: "sheet-intro", "data-t": "workspace.is-locked" }), passphrase.node, buttons(deleteButton(), unlock)];
}

function deleteButton() {
  return twice("workspace.delete-all", "workspace.delete-all-sure", () => attempt(async () => {
    await workspace.deleteAll();
    message("workspace.deleted", "good");
  }));
}
context.deleteButton = deleteButton;

// Does something that takes a while or fails; says how it went and draws what is there now.
async function attempt(act) {
  const view = byId("workspace-view");
  view.inert = true;
  message("workspace.working");
  try {
    await act();
    await draw();
  } catch (error) {
    message(`workspace.failed-${error.code ?? "unknown"}`, "danger");
    if (error.code === "missing") lock();
    if (error.code === "missing" || error.code === "changed") await draw();
  } finally {
    view.inert = false;
    view.querySelector("input")?.focus();
  }
}
context.attempt = attempt;

// Fifteen minutes without a key or a pointer on this page lock it; so does waking up after a longer sleep.

function used() { lastUse = Date.now(); }

function touch() {
  lockWhenIdle();
  used();
}

function lockWhenIdle() {
  if (workspace.isOpen && Date.now() - lastUse >= idleMilliseconds) lock("workspace.locked-idle");
}

function lock(why = null) {
  if (!workspace.isOpen) return;
  workspace.lock();
  label();
  byId("workspace-view").replaceChildren();
  if (why) message(why);
  if (dialog.open) draw();
}
