// How the upstreams in force are, as the gateway sees them at this moment.

import { allOf } from "./api.js";
import { element } from "./dom.js";
import { table } from "./list.js";
import { moment } from "./moments.js";

export async function healthOf() {
  return new Map((await allOf("/upstream-health")).map((upstream) => [upstream.name, upstream]));
}

export function healthBadge(upstream) {
  if (!upstream) return element("span", { class: "badge" }, "not in force");
  const well = upstream.endpoints.filter(({ healthy }) => healthy).length;
  const all = upstream.endpoints.length;
  const tone = well === all ? "good" : well === 0 ? "bad" : "careful";
  return element(
    "span",
    { class: "badge", "data-tone": tone },
    all === 1 ? (well === 1 ? "healthy" : "out") : `${well} of ${all} healthy`,
  );
}

export function endpointsTable(upstreams) {
  const rows = upstreams.flatMap((upstream) => upstream.endpoints.map((endpoint) => [
    upstream.name, element("code", {}, endpoint.address),
    element(
      "span",
      { class: "badge", "data-tone": endpoint.healthy ? "good" : "bad" },
      endpoint.healthy ? "healthy" : "out",
    ),
    moment(endpoint.since), String(endpoint.connections),
    endpoint.last_failure
      ? [endpoint.last_failure, " ", endpoint.last_failure_time ? moment(endpoint.last_failure_time) : null]
      : "none",
  ]));
  return table("Endpoints", ["Upstream", "Endpoint", "Health", "Since", "Connections", "Last failure"], rows);
}
