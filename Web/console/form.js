// <signet-form>: an object as fields, drawn from the schema of the operation that takes it, or as a file; both say the same.

import { button, element, freshId, put } from "./dom.js";
import { escaped, membersOf } from "./fields.js";
import { isObject, resolved, withTexts } from "./schema.js";
import { YAMLComplaint, readYAML } from "./yaml-read.js";
import { writeYAML } from "./yaml-write.js";

class SignetForm extends HTMLElement {
  // `path`: where the object stands in a document, as ["apis", "orders"]; empty when it is a document of its own.
  begin({ schema, value = {}, path = () => [], context, readOnly = false }) {
    Object.assign(this, { schema: resolved(schema), path, context, readOnly, mode: "form", file: null });
    this.tabs = element("div", { class: "tabs", role: "group", "aria-label": "How to see it" },
      [["form", "Form"], ["yaml", "As a file"], ["json", "As JSON"]].map(([mode, label]) =>
        button(label, () => this.show(mode), { "data-mode": mode, "aria-pressed": mode === "form" })));
    this.complaints = element("ul", { class: "complaints", hidden: true, role: "alert", tabindex: "-1" });
    this.place = element("div", { class: "place" });
    this.replaceChildren(this.tabs, this.complaints, this.place);
    this.draw(value);
  }

  draw(value) {
    this.members = membersOf(this.schema, { pointer: "", value, context: this.context });
    const fields = element("fieldset", { class: "whole", disabled: this.readOnly }, this.members.node);
    this.place.replaceChildren(fields);
  }

  // The object as it stands in what is shown. Throws YAMLComplaint for a file that does not read.
  get value() {
    if (this.mode === "form") return this.members.read();
    return withTexts(this.schema, this.withoutPath(readYAML(this.file.value)));
  }

  set value(value) {
    if (this.mode === "form") this.draw(value); else this.file.value = this.asText(value, this.mode);
  }

  asText(value, mode) {
    const whole = this.path().reduceRight((inner, name) => ({ [name]: inner }), value);
    return mode === "json" ? `${JSON.stringify(whole, null, 2)}\n` : writeYAML(whole);
  }

  withoutPath(document) {
    let value = document;
    for (const name of this.path()) {
      const has = isObject(value) && Object.hasOwn(value, name) && Object.keys(value).length === 1;
      if (!has) throw new YAMLComplaint(`this file is to say ${this.path().join(", then ")}, and nothing beside it`, 1);
      value = value[name];
    }
    if (!isObject(value)) throw new YAMLComplaint("names and values belong here", 1);
    return value;
  }

  show(mode) {
    if (mode === this.mode) return;
    let value;
    try { value = this.value; } catch (complaint) {
      this.complain([{ pointer: "", message: complaint.message }]);
      return;
    }
    this.complain([]);
    this.mode = mode;
    for (const tab of this.tabs.children) tab.setAttribute("aria-pressed", tab.dataset.mode === mode);
    if (mode === "form") { this.file = null; this.draw(value); return; }
    const label = element(
      "label",
      { for: freshId("file") },
      mode === "json" ? "The same as JSON" : "The same as a file",
    );
    this.file = element("textarea", {
      id: label.htmlFor,
      class: "file",
      spellcheck: "false",
      autocapitalize: "off",
      readonly: this.readOnly,
    });
    this.file.value = this.asText(value, mode);
    this.place.replaceChildren(element("div", { class: "field" }, label, this.file));
  }

  // Puts complaints ({ pointer, message }) at their fields; those without a field go on top. `prefix` is taken off the pointers.
  complain(complaints, prefix = "") {
    for (const node of this.querySelectorAll(".complaint")) { node.hidden = true; node.textContent = ""; }
    for (const node of this.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
    this.complaints.replaceChildren();
    let first = null;
    for (const { pointer, message } of complaints) {
      const own = pointer.startsWith(prefix) ? pointer.slice(prefix.length) : pointer;
      const node = this.mode === "form" && own !== "" ? this.fieldAt(own) : null;
      if (node) {
        const said = node.querySelector(":scope > .complaint");
        said.textContent = said.hidden ? message : `${said.textContent}; ${message}`;
        said.hidden = false;
        node.querySelector(":scope > input, :scope > select, :scope > textarea")?.setAttribute("aria-invalid", "true");
        for (let box = node.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
        first ??= node.querySelector("input, select, textarea, button");
      } else {
        put(this.complaints, element(
          "li",
          {},
          own !== "" ? element("code", {}, own) : null,
          own !== "" ? " " : null,
          message,
        ));
      }
    }
    this.complaints.hidden = this.complaints.children.length === 0;
    if (first) first.focus(); else if (!this.complaints.hidden) this.complaints.focus();
  }

  // The field of a pointer, or the nearest one around it.
  fieldAt(pointer) {
    for (let parts = pointer.split("/"); parts.length > 1; parts = parts.slice(0, -1)) {
      const node = this.querySelector(`[data-pointer="${CSS.escape(parts.join("/"))}"]`);
      if (node?.querySelector(":scope > .complaint")) return node;
    }
    return null;
  }
}

export const prefixOf = (path) => path.map((name) => `/${escaped(name)}`).join("");

customElements.define("signet-form", SignetForm);

export function form(options) {
  const node = document.createElement("signet-form");
  node.begin(options);
  return node;
}
