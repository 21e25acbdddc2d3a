import type { Knex } from "knex";

/** A Knex instance on the app's database, for code that builds SQL with it. It has a small pool of its own. */
export function knexOn(url: string): Knex {
  // Loaded only where an app asks for it: nothing of Velella runs on Knex.
  const { knex } = require("knex") as typeof import("knex");
  return knex({ client: "pg", connection: url, pool: { min: 0, max: 4 } });
}
