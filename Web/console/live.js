// What ends in each second, as it happens: a stream of server-sent events, read for as long as its line is on the page.

import { events } from "./api.js";
import { drawn } from "./chart.js";
import { element } from "./dom.js";
import { wordsOfCount, wordsOfMicroseconds } from "./traffic.js";

// So many seconds are drawn, in a space of as many columns and so many rows.
const SHOWN = 60;
const HEIGHT = 60;

class SignetLive extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    this.seconds = [];
    // Not told to whoever listens to the page: it changes every second.
    this.replaceChildren(element("p", { class: "help" }, "Waiting for the next second…"));
    this.read();
  }

  disconnectedCallback() { this.stop.abort(); }

  async read() {
    try {
      await events("/analytics/live", (second) => this.show(second), this.stop.signal);
      this.say("The stream has ended. Open this page again to follow it.");
    } catch (problem) {
      if (!this.stop.signal.aborted) this.say(problem.message);
    }
  }

  say(sentence) { this.replaceChildren(element("p", { class: "help" }, sentence)); }

  show(second) {
    this.seconds = [...this.seconds, second].filter(({ time }) => time > second.time - SHOWN);
    const reasons = Object.entries(second.reasons).map(([reason, count]) => `${reason} ${count}`).join(", ");
    const facts = [
      ["Requests in the last second", wordsOfCount(second.requests)],
      ["Under way", wordsOfCount(second.in_flight)],
      ["Half took at most", second.p50 === undefined ? "–" : wordsOfMicroseconds(second.p50)],
      ["Refused and failed", reasons || "none"],
    ];
    this.replaceChildren(element("dl", { class: "live" }, facts.map(([name, said]) => element(
      "div",
      {},
      element("dt", {}, name),
      element("dd", {}, said),
    ))), this.strip(second.time));
  }

  // Each second a bar, the last one at the right; errors stand on what was answered.
  strip(now) {
    const most = Math.max(1, ...this.seconds.map(({ requests }) => requests));
    const svg = drawn("svg", {
      class: "strip drawing", viewBox: `0 0 ${SHOWN} ${HEIGHT}`, preserveAspectRatio: "none", role: "img",
      "aria-label": `Requests in each of the last ${SHOWN} seconds: ${
        wordsOfCount(this.seconds.reduce((sum, { requests }) => sum + requests, 0))} in all, at most ${
        wordsOfCount(Math.max(0, ...this.seconds.map(({ requests }) => requests)))} in one.`,
    });
    for (const { time, requests, client_errors: caller, server_errors: server } of this.seconds) {
      let under = 0;
      for (const [number, count] of [requests - caller - server, caller, server].entries()) {
        if (count <= 0) continue;
        const height = (count / most) * HEIGHT;
        under += height;
        svg.append(drawn("rect", {
          class: `fill color-${number + 1}`, x: SHOWN - 1 - (now - time) + 0.1, y: HEIGHT - under, width: 0.8, height,
        }));
      }
    }
    return svg;
  }
}

customElements.define("signet-live", SignetLive);

export const live = () => document.createElement("signet-live");
