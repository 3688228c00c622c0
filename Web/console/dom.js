// The only way this page makes elements: tag, attributes, children. Text always becomes a text node, never markup.

export const byId = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    // An attribute of ARIA says true or false; any other is there or not.
    if (typeof value === "boolean" && !name.startsWith("aria-")) node.toggleAttribute(name, value);
    else node.setAttribute(name, String(value));
  }
  put(node, children);
  return node;
}

export function put(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== "" && child !== false) node.append(child);
  }
  return node;
}

export const replace = (node, ...children) => { node.replaceChildren(); return put(node, children); };

export function button(label, press, attributes = {}) {
  const node = element("button", { type: "button", ...attributes }, label);
  node.addEventListener("click", press);
  return node;
}

export const link = (label, hash, attributes = {}) => element("a", { href: hash, ...attributes }, label);

// Beside a label; what listens to the page hears it of the field itself (aria-required).
export const neededMark = () => element("span", { class: "needed", "aria-hidden": "true" }, "needed");

let numbers = 0;
// An id that no other element of the page has.
export const freshId = (stem) => `${stem}-${++numbers}`;

// Says a sentence to whoever listens to the page instead of looking at it.
export function announce(text) {
  byId("announce").textContent = text;
}

// A button that does one thing at a time and shows that it is under way; what fails is told by `failed`.
export function working(label, act, failed, attributes = {}) {
  const node = button(label, async () => {
    if (node.getAttribute("aria-disabled") === "true") return;
    node.setAttribute("aria-disabled", "true");
    node.dataset.busy = "true";
    try { await act(); } catch (problem) { failed(problem); } finally {
      node.removeAttribute("aria-disabled");
      delete node.dataset.busy;
    }
  }, attributes);
  return node;
}

export function copyButton(text, label = "Copy") {
  const node = button(label, async () => {
    let said = "Copied";
    try { await navigator.clipboard.writeText(text()); } catch { said = "The browser does not allow it"; }
    node.textContent = said;
    announce(said);
    setTimeout(() => { node.textContent = label; }, 1500);
  });
  return node;
}

// A question before something that cannot be taken back. Resolves to whether it was confirmed.
export function confirmed(question, consequence, yes) {
  return new Promise((done) => {
    const heading = element("h2", { id: freshId("question") }, question);
    const dialog = element("dialog", { "aria-labelledby": heading.id }, heading, element("p", {}, consequence));
    put(dialog, element("div", { class: "row" },
      button(yes, () => dialog.close("yes"), { class: "danger" }), button(
        "Cancel",
        () => dialog.close("no"),
        { autofocus: true },
      )));
    dialog.addEventListener("close", () => { done(dialog.returnValue === "yes"); dialog.remove(); });
    document.body.append(dialog);
    dialog.showModal();
  });
}
