// <signet-list>: rows page by page, searchable by name; when there are none, what to do first.

import { element, freshId, link, replace, working } from "./dom.js";
import { outcome } from "./problem.js";

class SignetList extends HTMLElement {
  // `load(after)` gives { rows, next }; `columns` are { title, cell(row) }; the first one leads to `href(row)`, where there is one.
  begin({ load, columns, href = () => null, nameOf = (row) => row.name, empty, what, searchable = true }) {
    Object.assign(this, { load, columns, href, nameOf, empty, what, rows: [], next: undefined, wanted: "" });
    this.body = element("tbody");
    this.tally = element("p", { class: "tally", role: "status" });
    this.done = outcome();
    this.more = working("Show more", () => this.another(), (problem) => this.done.fail(problem), { hidden: true });
    this.searchable = searchable;
    return this.another();
  }

  async another() {
    this.done.clear();
    await this.read();
    this.draw();
  }

  // The next page. Whoever asks while it is on its way waits for the same one.
  read() {
    return this.reading ??= this.load(this.next).then((page) => {
      this.rows.push(...page.rows);
      this.next = page.next;
    }).finally(() => { this.reading = null; });
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
      table, this.tally, this.more, this.done.node);
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
    this.done.clear();
    try {
      while (this.next !== undefined && this.next !== null && this.wanted !== "") await this.read();
    } catch (problem) { await this.done.fail(problem); }
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
