// The keys that the token service signs with.

import { action } from "./action.js";
import { pageOf } from "./api.js";
import { element } from "./dom.js";
import { list } from "./list.js";
import { moment } from "./moments.js";
import { leaveTo, page, section } from "./page.js";

const tones = { current: "good", next: null, retired: "careful" };

export async function keyPage() {
  return page({ title: "Signing keys", intro: [
    "The keys that tokens of this server are signed with. Each is replaced by itself every 90 days. ",
    element("a", { href: "/.well-known/jwks.json", target: "_blank", rel: "noopener" }, "The public ones")] },
  await list({
    what: "keys", load: (after) => pageOf(
      "/signing-keys",
      { after, limit: 100 },
    ), nameOf: (row) => row.kid, searchable: false,
    columns: [
      { title: "Key (kid)", cell: (row) => element("code", {}, row.kid) },
      { title: "Algorithm", cell: (row) => row.alg },
      { title: "State", cell: (row) => element("span", { class: "badge", "data-tone": tones[row.state] }, row.state) },
      { title: "Made", cell: (row) => moment(row.created) }, { title: "Signs from", cell: (row) => moment(row.activates) }, {
        title: "Published until",
        cell: (row) => (row.expires ? moment(row.expires) : ""),
      }],
    empty: element("p", {}, "There is no key."),
  }),
  section("Another key", await action("rotateSigningKeys", {
    label: "Rotate", title: "Rotate the keys", danger: true, value: { how: "announced" },
    ask: {
      question: "Rotate the signing keys?",
      consequence: "Announced: the next key is published now and signs a day later. Immediate: it signs at once. Emergency: every token that earlier keys signed is refused, yours here, too.",
    },
    done: () => leaveTo(`#/keys?${Date.now()}`, "There is another key."),
  })));
}
