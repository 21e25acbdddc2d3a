import { createRequire } from "node:module";

/** The copies of `pg` that contenders use; each has a client of its own. */
const clients = () => {
  const own = createRequire(import.meta.url);
  const places = [own, createRequire(own.resolve("@velella/data")), createRequire(own.resolve("@mikro-orm/postgresql"))];
  return [...new Set(places.map((require) => require("pg").Client))];
};

/**
 * Counts the statements that reach a driver while something runs.
 *
 * @param {() => Promise<unknown>} run
 * @returns {Promise<{result: unknown, statements: string[]}>}
 */
export async function countStatements(run) {
  const statements = [];
  const undo = clients().map(({ prototype }) => {
    const { query } = prototype;
    prototype.query = function (config, ...rest) {
      statements.push(typeof config === "string" ? config : config.text);
      return query.call(this, config, ...rest);
    };
    return () => (prototype.query = query);
  });
  try {
    return { result: await run(), statements };
  } finally {
    for (const restore of undo) restore();
  }
}
