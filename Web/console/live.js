// What ends in each second, as it happens: a stream of server-sent events, read for as long as its line is on the page.

import { events } from "./api.js";
import { element } from "./dom.js";
import { wordsOfCount, wordsOfMicroseconds } from "./traffic.js";

class SignetLive extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
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
    ))));
  }
}

customElements.define("signet-live", SignetLive);

export const live = () => document.createElement("signet-live");
