// Which of its two pages this is: `/`, which may send nothing, or `/online`, which may ask this server.

import { byId } from "./dom.js";
import { t } from "./texts.js";

export const isOnline = location.pathname === "/online";

export async function start(bench) {
  document.documentElement.dataset.mode = isOnline ? "online" : "offline";
  const link = byId("to-online");
  // A fragment is sent to nobody: the token goes along within this browser.
  link.addEventListener("click", () => {
    link.hash = bench.seen.token ? `#token=${encodeURIComponent(bench.seen.token)}` : "";
  });
  if (!isOnline) return;
  link.href = "/";
  link.dataset.t = "nav.offline";
  byId("promise").dataset.t = "promise.online";
  for (const node of [link, byId("promise")]) node.textContent = t(node.dataset.t);
  const { start: startOnline } = await import("./online.js");
  startOnline(bench);
}
