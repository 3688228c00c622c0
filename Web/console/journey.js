// A journey: a few questions whose answers are objects of a configuration, beside the same objects as a file. Either side can
// be changed; the document is what counts, and the questions are read from it.

import { Problem, call } from "./api.js";
import { element, freshId, neededMark, working } from "./dom.js";
import { outcome } from "./problem.js";
import { section } from "./page.js";
import { isObject } from "./schema.js";
import { readYAML } from "./yaml-read.js";
import { writeYAML } from "./yaml-write.js";

// A question is { node, show(), answer() }: show() reads its answer from the state, answer() puts it there. Its `kind` is text,
// password, lines (of text) or choice.
export function question({ label, help, kind = "text", placeholder, options = [], get, set, needed = false }) {
  const id = freshId("question");
  const note = help ? element("p", { class: "help", id: `${id}-help` }, help) : null;
  const control = kind === "choice"
    ? element(
      "select",
      { id, "aria-describedby": note?.id },
      options.map(([value, text]) => element("option", { value }, text)),
    )
    : element(kind === "lines" ? "textarea" : "input", {
      id,
      ...(kind === "lines" ? { rows: 4, class: "prose" } : { type: kind }),
      placeholder,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      "aria-describedby": note?.id,
      "aria-required": needed,
    });
  const complaint = element("p", { class: "complaint", hidden: true });
  const node = element(
    "div",
    { class: "field" },
    element("label", { for: id }, label, needed ? neededMark() : null),
    control,
    note,
    complaint,
  );
  return {
    node, control, needed, label,
    show: () => { const value = get() ?? ""; if (control.value !== value) control.value = value; },
    answer: () => set(control.value.trim()),
    complain(message) {
      complaint.textContent = message;
      complaint.hidden = message === "";
      control.setAttribute("aria-invalid", String(message !== ""));
    },
  };
}

// Where a document says what another one does not, as in "issuers/corp/keys"; null where all of it is there. One value is the
// same as a list of it, and lists may be in any order.
function missingFrom(other, said, at = []) {
  if (said === null || said === undefined) return null;
  if (Array.isArray(said)) {
    const others = Array.isArray(other) ? other : [other];
    const index = said.findIndex((one) => others.every((there) => missingFrom(there, one) !== null));
    return index < 0 ? null : [...at, index].join("/");
  }
  if (isObject(said)) {
    for (const [name, value] of Object.entries(said)) {
      const missing = missingFrom(isObject(other) ? other[name] : undefined, value, [...at, name]);
      if (missing !== null) return missing;
    }
    return null;
  }
  if (Array.isArray(other) && other.length === 1) return missingFrom(other[0], said, at);
  // Sums may be written as numbers.
  return typeof said !== "boolean" && String(said) === String(other) ? null : said === other ? null : at.join("/");
}

// `documentOf()` is what the answers say, `take(document)` makes answers of a document and throws where it cannot;
// `note` stands in the history; `visible(question)` says whether a question is asked; `prepare(document)` does what must come
// first, and gives what takes it back when the objects are refused; `finish(done, change, document)` comes after they are in
// force.
export function journey({
  questions, documentOf, take, visible = () => true, label, note, prepare = async () => async () => {}, finish, parts = [],
}) {
  const file = element("textarea", {
    id: freshId("file"),
    class: "file",
    spellcheck: "false",
    autocapitalize: "off",
    rows: "16",
  });
  const said = element("p", { role: "status", hidden: true });
  let isTaken = true;
  // An answer writes the file anew, so none can be changed while the file says what answers do not.
  function tell(text, { taken }) {
    isTaken = taken;
    said.className = taken ? "help" : "complaint";
    said.textContent = text;
    said.hidden = text === "";
    for (const one of questions) one.control.disabled = text !== "";
  }
  const done = outcome();
  const refresh = () => { for (const one of questions) one.node.hidden = !visible(one); };
  function fromQuestions() {
    for (const one of questions) { one.answer(); one.complain(""); }
    refresh();
    tell("", { taken: true });
    file.value = writeYAML(documentOf());
  }
  function fromFile() {
    try {
      const document = readYAML(file.value);
      if (!isObject(document)) throw new Error("Names and values belong here.");
      take(document);
      for (const one of questions) one.show();
      for (const one of questions) one.answer();
      refresh();
      const more = missingFrom(documentOf(), document);
      tell(more === null ? "" : `The answers do not say all of this (${more}): it is to be changed here, in the file.`, { taken: true });
    } catch (problem) { tell(problem.message, { taken: false }); }
  }
  for (const one of questions) one.control.addEventListener("input", fromQuestions);
  file.addEventListener("input", fromFile);
  for (const one of questions) one.show();
  fromQuestions();

  const press = working(label, async () => {
    done.clear();
    if (!isTaken) { file.focus(); return; }
    const missing = questions.filter((one) => one.needed && !one.node.hidden && one.control.value.trim() === "");
    for (const one of missing) one.complain(`${one.label} is needed.`);
    if (missing.length > 0) { missing[0].control.focus(); return; }
    const document = readYAML(file.value);
    const takeBack = await prepare(document);
    let change;
    // All of it or nothing, and none of it may be there yet.
    const data = { document: file.value, new: true, note };
    try { change = (await call("POST", "/configuration/objects", { data })).body; } catch (problem) { await takeBack(); throw problem; }
    press.parentElement.hidden = true;
    for (const one of questions) one.control.disabled = true;
    file.readOnly = true;
    try {
      await finish(done, change, document);
      done.node.focus();
    } catch (problem) {
      await done.fail(problem);
      done.node.append(element(
        "p",
        { class: "notice" },
        "The objects of the file are in force; what was to come after them did not work.",
      ));
    }
  }, (problem) => showRefusal(done, problem), { class: "primary" });
  return element("div", { class: "journey" },
    section("Answer", grouped(questions, parts), element("div", { class: "row" }, press), done.node),
    section("The same as a file", element(
      "div",
      { class: "field" },
      element("label", { for: file.id }, "Change it here, or there"),
      file,
      said,
    )));
}

// `parts` are { title, first }: each begins with a question, and goes on to the next part.
function grouped(questions, parts) {
  return questions.flatMap((one) => {
    const part = parts.find(({ first }) => first === one);
    return part ? [element("h3", { class: "part" }, part.title), one.node] : [one.node];
  });
}

async function showRefusal(done, problem) {
  if (!(problem instanceof Problem) || problem.errors.length === 0) { await done.fail(problem); return; }
  done.show(element("div", { class: "notice bad", role: "alert" }, element("p", {}, "Nothing was changed:"),
    element("ul", { class: "complaints" }, problem.errors.map(({ pointer, message, line }) => element(
      "li",
      {},
      line ? `Line ${line} of the file: ` : "",
      pointer ? element("code", {}, pointer) : null,
      " ",
      message,
    )))));
}
