// What is expected of a DPoP proof: for which request it is. The fields are there while a proof is.

import { byId } from "./dom.js";

export function start(bench) {
  for (const id of ["proof-method", "proof-address", "proof-token"]) byId(id).addEventListener("input", () => bench.update());
  bench.onUpdate(({ isProof }) => { byId("proof-fields").hidden = !isProof; });
}
