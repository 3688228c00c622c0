// <signet-list>: rows page by page, searchable by name; when there are none, what to do first.

import { button, element, freshId, link, replace } from "./dom.js";

class SignetList extends HTMLElement {
  // `load(after)` gives { rows, next }; `columns` are { title, cell(row) }; the first one leads to `href(row)`, where there is one.
  begin({ load, columns, href = () => null, nameOf = (row) => row.name, empty, what, searchable = true }) {
    Object.assign(this, { load, columns, href, nameOf, empty, what, rows: [], next: undefined, wanted: "" });
    this.body = element("tbody");
    this.tally = element("p", { class: "tally", role: "status" });
    this.more = button("Show more", () => this.another(), { hidden: true });
    this.searchable = searchable;
    return this.another();
  }

  async another() {
    const page = await this.load(this.next);
    this.rows.push(...page.rows);
    this.next = page.next;
    this.draw();
  }

  draw() {
    if (this.rows.length === 0) { replace(this, element("div", { class: "empty" }, this.empty)); return; }
    if (!this.contains(this.body)) this.frame();
    const shown = this.rows.filter((row) => String(this.nameOf(row) ?? "").toLowerCase().includes(this.wanted));
    replace(this.body, shown.map((row) => this.row(row)));
    this.more.hidden = this.next === undefined || this.next === null;
    this.tally.textContent = this.wanted === ""
      ? ""
      : shown.length === 0 ? `No ${this.what} with “${this.wanted}” in the name.` : `${shown.length} of ${this.rows.length}`;
  }

  frame() {
    const search = element("input", {
      type: "search",
      id: freshId("search"),
      autocomplete: "off",
      spellcheck: "false",
    });
    search.addEventListener("input", () => this.search(search.value));
    const table = element("table", {},
      element("thead", {}, element("tr", {}, this.columns.map(
        ({ title }) => element("th", { scope: "col" }, title)
      ))), this.body);
    replace(this,
      this.searchable && (this.rows.length > 5 || this.next)
        ? element("div", { class: "search" }, element("label", { for: search.id }, "Search by name"), search)
        : null,
      table, this.tally, this.more);
  }

  row(row) {
    return element("tr", {}, this.columns.map(({ title, cell }, at) => {
      const said = cell(row);
      const href = at === 0 ? this.href(row) : null;
      const content = href ? link(said, href) : said;
      return at === 0 ? element("th", { scope: "row" }, content) : element("td", { "data-title": title }, element("div", {}, content));
    }));
  }

  // A name may be on a page that was not read yet, so all of them are read first.
  async search(text) {
    this.wanted = text.trim().toLowerCase();
    while (this.next !== undefined && this.next !== null && this.wanted !== "") {
      const page = await this.load(this.next);
      this.rows.push(...page.rows);
      this.next = page.next;
    }
    this.draw();
  }
}

customElements.define("signet-list", SignetList);

export async function list(options) {
  const node = document.createElement("signet-list");
  await node.begin(options);
  return node;
}

// A small table that is there as a whole.
export const table = (caption, titles, rows) => element("table", {}, element("caption", {}, caption),
  element("thead", {}, element("tr", {}, titles.map((title) => element("th", { scope: "col" }, title)))),
  element("tbody", {}, rows.map((cells) => element("tr", {}, cells.map((cell, at) =>
    (at === 0 ? element("th", { scope: "row" }, cell) : element("td", { "data-title": titles[at] }, element("div", {}, cell))))))));
