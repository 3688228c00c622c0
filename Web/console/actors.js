// Who made a change: the server keeps a user's id there, which does not change; people know the name.

import { allOf } from "./api.js";

// -> a function from what the server says to what is shown.
export async function actorsOf() {
  const names = new Map((await allOf("/users")).map(({ id, name }) => [id, name]));
  return (actor) => actor.replace(/^user (usr_\S+)/, (whole, id) => names.get(id) ?? whole);
}

export const actorWords = async (actor) => (actor.startsWith("user ") ? (await actorsOf())(actor) : actor);
