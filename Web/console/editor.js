// Changes an object as it was read: shows what would change, saves, deletes, and says so when somebody else was faster.

import { Problem } from "./api.js";
import { button, confirmed, element, freshId, put, working } from "./dom.js";
import { outcome } from "./problem.js";

// `write(value, etag, { dry_run, note })` and `remove(etag, { note })` ask the server and give { body, etag };
// `read()` gives { value, etag } as it is now. `prefix()` stands before the pointers of complaints.
export function editor({
  form,
  etag,
  write,
  remove,
  read,
  noun,
  prefix = () => "",
  previews = false,
  saved,
  removed,
  label = "Save",
}) {
  const done = outcome();
  let current = etag;
  const note = element("input", { id: freshId("note"), type: "text", maxlength: "256", autocomplete: "off" });
  const query = () => (previews ? { note: note.value } : {});

  async function failed(problem) {
    done.clear();
    if (problem instanceof Problem && problem.status === 412) { await changedMeanwhile(); return; }
    const placed = problem instanceof Problem ? problem.errors : [];
    if (placed.length === 0) await done.fail(problem);
    else done.show(element(
      "p",
      { class: "notice bad", role: "alert" },
      placed.length === 1
        ? "This is not saved: one thing is not right."
        : `This is not saved: ${placed.length} things are not right.`,
    ));
    form.complain(placed, prefix());
  }

  async function save(withTag = current) {
    form.complain([]);
    done.clear();
    const answer = await write(form.value, withTag, query());
    current = answer.etag ?? current;
    await saved(answer, done);
  }

  async function preview() {
    form.complain([]);
    const { body } = await write(form.value, undefined, { dry_run: "true" });
    done.show(changeText(body, "Saving it would change nothing.", "Saving it would change this:"));
  }

  async function changedMeanwhile() {
    if (current === "*") {
      done.show(element("div", { class: "notice bad", role: "alert" }, element(
        "p",
        {},
        `There is such a ${noun} already. Choose another name, or open the one that is there.`,
      )));
      return;
    }
    const now = await read().catch(() => null);
    if (now === null) {
      done.show(element(
        "div",
        { class: "notice bad", role: "alert" },
        element("p", {}, `This ${noun} was deleted while you had it open. Your changes are still in the form.`),
        working("Save it again as a new one", () => save("*"), failed)));
      return;
    }
    const who = now.by ? ` by ${now.by}` : "";
    done.show(element("div", { class: "notice bad", role: "alert", "data-code": "changed-meanwhile" },
      element(
        "p",
        {},
        `This ${noun} was changed${who} while you had it open, so yours is not saved. Your changes are still in the form.`,
      ),
      element("div", { class: "row" },
        button("Take what is there now", () => {
          form.value = now.value;
          current = now.etag;
          form.complain([]);
          done.say("This is how it is now. Your changes are gone.");
        }),
        working("Save mine over it", () => save(now.etag), failed, { class: "danger" }))));
  }

  async function destroy() {
    if (!await confirmed(
      `Delete this ${noun}?`,
      previews
        ? "It is out of force at once. The history keeps it, so that it can be brought back."
        : "This cannot be taken back.",
      "Delete",
    )) return;
    await remove(current, query());
    removed();
  }

  const buttons = element("div", { class: "row" }, working(label, () => save(), failed, { class: "primary" }),
    previews ? working("Show what changes", preview, failed) : null,
    remove ? working("Delete", destroy, failed, { class: "danger quiet" }) : null);
  const why = previews
    ? element(
      "div",
      { class: "field note-field" },
      element("label", { for: note.id }, "Why"),
      note,
      element("p", { class: "help" }, "For the history. May stay empty."),
    )
    : null;
  return put(element("div", { class: "editor" }), form, form.readOnly ? null : [why, buttons], done.node);
}

// What a change did, or would do, as the server tells it.
export function changeText(body, nothing, something) {
  if (body.changes === 0) return element("div", { class: "notice", role: "status" }, nothing);
  return element("div", { class: "notice", role: "status" }, element("p", {}, something), differences(body.text));
}

export const differences = (text) => element(
  "pre",
  { class: "differences", tabindex: "0", "aria-label": "What changes" },
  text.split("\n").map((line) => element(
    "span",
    { class: { "+": "added", "-": "taken" }[line.trimStart()[0]] },
    `${line}\n`,
  )));
