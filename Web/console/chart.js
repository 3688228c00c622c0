// <signet-chart>: values over time as bars that stand on one another or as lines, drawn for the width that there is; the same
// values as a table and as CSV.

import { button, element, link, replace } from "./dom.js";
import { table } from "./list.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 200;
const EDGE = { top: 12, right: 8, bottom: 24, left: 52 };

export function drawn(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children.flat().filter((child) => child !== null));
  return node;
}

class SignetChart extends HTMLElement {
  // `times`: when each stretch of `step` seconds begins, in seconds since 1970; `series`: [{ name, values }], a value for each
  // time, null where nothing is known; `kind`: "bars" or "lines"; `say(value)`: a value in words.
  begin({ title, times, step, series, kind = "bars", say = String }) {
    Object.assign(this, { times, step, series, kind, say, label: title });
    this.place = element("div", { class: "drawing" });
    const legend = element("ul", { class: "legend" }, series.map(({ name }, at) => element(
      "li",
      {},
      element("span", { class: `swatch color-${at + 1}`, "aria-hidden": "true" }),
      name,
    )));
    const rows = () => times.map((time, at) => [moment(time), ...series.map(({ values }) => (
      values[at] === null ? "" : say(values[at])
    ))]);
    const more = element("details", { class: "more" }, element("summary", {}, "As a table"));
    more.addEventListener("toggle", () => {
      if (more.open && more.children.length === 1) {
        more.append(table(title, ["From", ...series.map(({ name }) => name)], rows()));
      }
    });
    replace(
      this,
      element("h3", {}, title),
      this.place,
      element("div", { class: "row" }, legend, button("As CSV", () => this.save(), { class: "quiet" })),
      more,
    );
    return this;
  }

  connectedCallback() {
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.place);
  }

  disconnectedCallback() { this.watch?.disconnect(); }

  draw() {
    const width = Math.floor(this.place.clientWidth);
    if (width < 120 || width === this.width) return;
    this.width = width;
    const room = { width: width - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
    const top = niceTop(this.most());
    const x = (at) => EDGE.left + (at / this.times.length) * room.width;
    const y = (value) => EDGE.top + room.height * (1 - value / top);
    const svg = drawn("svg", {
      width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": this.summary(),
    });
    for (const part of [0, 0.5, 1]) {
      svg.append(
        drawn("line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: y(top * part), y2: y(top * part) }),
        text(this.say(top * part), { x: EDGE.left - 8, y: y(top * part) + 4, "text-anchor": "end" }),
      );
    }
    for (const at of ticks(this.times.length, Math.max(2, Math.floor(room.width / 90)))) {
      svg.append(text(short(this.times[at], this.step), {
        x: x(at + 0.5), y: HEIGHT - 6, "text-anchor": "middle",
      }));
    }
    svg.append(...(this.kind === "bars" ? this.bars(x, y) : this.lines(x, y)));
    this.times.forEach((time, at) => svg.append(drawn(
      "rect",
      { class: "hit", x: x(at), y: EDGE.top, width: x(at + 1) - x(at), height: room.height },
      drawn("title", {}, this.words(at)),
    )));
    this.place.replaceChildren(svg);
  }

  bars(x, y) {
    const gap = x(1) - x(0) > 4 ? 1 : 0;
    return this.times.flatMap((_, at) => {
      let under = 0;
      return this.series.flatMap(({ values }, number) => {
        const value = values[at] ?? 0;
        if (value === 0) return [];
        const bar = drawn("rect", {
          class: `fill color-${number + 1}`,
          x: x(at) + gap / 2,
          y: y(under + value),
          width: Math.max(1, x(at + 1) - x(at) - gap),
          height: y(under) - y(under + value),
        });
        under += value;
        return [bar];
      });
    });
  }

  lines(x, y) {
    return this.series.flatMap(({ values }, number) => {
      const parts = [];
      const alone = [];
      values.forEach((value, at) => {
        if (value === null) return;
        const isNext = at > 0 && values[at - 1] !== null;
        parts.push(`${isNext ? "L" : "M"}${x(at + 0.5).toFixed(1)} ${y(value).toFixed(1)}`);
        // A value between two that are not known has no line.
        if (!isNext && (values[at + 1] ?? null) === null) alone.push(drawn("circle", {
          class: `fill color-${number + 1}`, cx: x(at + 0.5), cy: y(value), r: 3,
        }));
      });
      return [drawn("path", { class: `line color-${number + 1}`, d: parts.join("") }), ...alone];
    });
  }

  most() {
    return Math.max(0, ...this.times.map((_, at) => {
      const values = this.series.map(({ values }) => values[at] ?? 0);
      return this.kind === "bars" ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values);
    }));
  }

  words(at) {
    return [`${short(this.times[at], this.step)}`, ...this.series.map(({ name, values }) => (
      `${name}: ${values[at] === null ? "nothing" : this.say(values[at])}`
    ))].join("\n");
  }

  summary() {
    const last = this.times.length - 1;
    return `${this.label}, from ${moment(this.times[0])} to ${moment(this.times[last] + this.step)}; `
      + `at most ${this.say(this.most())}. The table below has every value.`;
  }

  save() {
    const lines = [["from", ...this.series.map(({ name }) => name)]].concat(this.times.map((time, at) => [
      new Date(time * 1000).toISOString(), ...this.series.map(({ values }) => values[at] ?? ""),
    ]));
    const address = URL.createObjectURL(new Blob([lines.map((line) => line.map(cell).join(",")).join("\r\n"), "\r\n"], {
      type: "text/csv",
    }));
    link("", address, { download: `${this.label.toLowerCase().replaceAll(" ", "-")}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }
}

// RFC 4180; what a program for tables would take for a formula is a text.
const cell = (value) => {
  const plain = typeof value === "string" && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};

const text = (said, attributes) => drawn("text", { class: "axis", ...attributes }, said);

// 1, 2 or 5 and zeros: the least such number that is not below.
function niceTop(most) {
  if (most <= 0) return 1;
  const size = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((one) => one * size).find((one) => one >= most);
}

function ticks(count, wanted) {
  const every = Math.max(1, Math.ceil(count / wanted));
  return Array.from({ length: Math.ceil(count / every) }, (_, at) => at * every);
}

const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const date = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

function short(seconds, step) {
  const at = new Date(seconds * 1000);
  if (step >= 86_400) return date.format(at);
  return step >= 3_600 ? `${date.format(at)}, ${clock.format(at)}` : clock.format(at);
}

const moment = (seconds) => whole.format(new Date(seconds * 1000));

customElements.define("signet-chart", SignetChart);

export const chart = (options) => document.createElement("signet-chart").begin(options);
