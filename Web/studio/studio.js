// The page: reads at once with the small module, then loads the judge and the other panels, and lets them follow the bench.
// Without the judge nothing is drawn but a notice.

import { bench, clock, listenToBoxes } from "./bench.js";
import { byId, copyFrom, element, setText } from "./dom.js";
import { drawDecoded, tickTimes } from "./decoded.js";
import { takeFragment } from "./fragment.js";
import { loadJudge, loadReader } from "./judge.js";
import { localTime } from "./moments.js";
import * as settings from "./settings.js";
import { drawTimeline, tickTimeline } from "./timeline.js";
import { paintLegend, paintToken } from "./token-field.js";
import { t } from "./texts.js";
import { showFindings, showJudgement, showNoJudge } from "./verdict.js";

let epoch = "";

function draw({ seen, key, judgement, now, isProof }) {
  const moment = now ?? clock();
  byId("token-field").dataset.plain = String(seen.isTooLarge);
  paintToken(byId("token-ink"), seen.isTooLarge ? "" : byId("token").value, seen.parts);
  paintLegend(byId("token-parts"), seen.parts);
  byId("token-notes").replaceChildren(...seen.notes.map((note) => element("li", {}, note)));
  for (const [id, name, part] of [["header", "header", seen.header], ["claims", "payload", seen.claims]]) {
    drawDecoded(byId(id), { ...part, name }, moment);
    byId(`copy-${id}`).disabled = !part.json;
  }
  byId("key-found").dataset.kind = key.kind;
  setText(byId("key-found"), key.kind === "none" ? t("key.none") : key.text);
  byId("key-notes").replaceChildren(...key.findings.map(({ severity: level, text }) => element("li", { "data-level": level }, text)));
  showFindings(seen.findings);
  showJudgement(judgement);
  drawTimeline(seen.claims.members ?? [], moment, isProof);
  drawMoment();
  epoch = passedMoments();
}

function drawMoment() {
  const complaints = [];
  if (bench.now === null) complaints.push(t("now.wants"));
  if (bench.leeway === null) complaints.push(t("leeway.wants"));
  byId("now").setAttribute("aria-invalid", String(bench.now === null));
  byId("leeway").setAttribute("aria-invalid", String(bench.leeway === null));
  byId("now-note").dataset.level = complaints.length > 0 ? "danger" : "note";
  setText(byId("now-note"), complaints.join(" ") || (bench.isLive ? ""
    : t("now.as-if", { time: new Date(bench.now * 1000).toISOString().replace(".000Z", "Z") })));
}

// The clock moves on: distances every second, a new judgement when a moment that matters goes by.

function passedMoments() {
  const now = clock();
  const leeway = bench.leeway ?? 0;
  return (bench.seen.claims.members ?? []).filter((member) => member.time)
    .map(({ time }) => [time.seconds - leeway, time.seconds, time.seconds + leeway].map((moment) => (moment <= now ? 1 : 0)).join(""))
    .join();
}

function tick() {
  if (!bench.isLive || document.hidden) return;
  tickTimes(byId("claims"), clock());
  tickTimeline(clock());
  if (passedMoments() !== epoch) bench.update("clock");
}

function listen() {
  byId("clear").addEventListener("click", () => { bench.clear(); byId("token").focus(); });
  copyFrom(byId("copy-token"), () => bench.seen.token || byId("token").value);
  copyFrom(byId("copy-header"), () => bench.seen.header.json ?? "");
  copyFrom(byId("copy-claims"), () => bench.seen.claims.json ?? "");
  addEventListener("hashchange", () => { const found = takeFragment(); if (found) bench.fill(found, "link"); });
  setInterval(tick, 1000);
}

async function start() {
  const reader = loadReader();
  // Said below, where it is awaited.
  reader.catch(() => {});
  await settings.start(bench);
  // The browser takes tens of milliseconds to make the first formatter of dates: while the module is being compiled.
  localTime(clock());
  const found = takeFragment();
  bench.onUpdate(draw);
  listenToBoxes();
  try {
    bench.judge = await reader;
    if (found) bench.fill(found, "link"); else bench.update();
    // Only now, so that the first token does not wait for what it does not need.
    const [judge, { parts }] = await Promise.all([loadJudge(), import("./parts.js")]);
    bench.judge = judge;
    listen();
    for (const part of parts) part.start(bench);
  } catch {
    bench.judge = null;
    showNoJudge();
    return;
  }
  await bench.update();
  document.documentElement.dataset.studio = "ready";
}

start();
