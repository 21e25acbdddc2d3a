import { defineErrors } from "@velella/kernel";

const listed = (names: readonly string[]) => `${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}`;

/** What can be wrong when an app boots. */
export const appErrors = defineErrors("app", {
  notMigrated: {
    type: "unexpected_state",
    message: (pending: readonly string[]) =>
      `The database lacks ${pending.length} migration${pending.length === 1 ? "" : "s"}: ${listed(pending)}.`,
    hint: () => "Run: velella db:migrate",
  },
  linksNotSynced: {
    type: "unexpected_state",
    message: (tables: readonly string[]) => `The tables of links are not as the code expects them: ${listed(tables)}.`,
    hint: () => "Run: velella db:migrate",
  },
  sharedTable: {
    type: "invalid_argument",
    message: (table: string, first: string, second: string) =>
      `Two make the table "${table}": ${first}, and ${second}. Nothing was generated or migrated.`,
    hint: () =>
      `Give one of them another table: model.define({ name, tableName }, …) for a model, "pivotTable" for a manyToMany relation, "database: { table }" for a link.`,
  },
  badPort: {
    type: "invalid_argument",
    message: (value: string) => `PORT is "${value}"; a number from 0 to 65535 was expected.`,
    hint: () => "Set PORT=9000, or leave it out.",
  },
  unknownModule: {
    type: "invalid_argument",
    message: (key: string, known: readonly string[]) => `There is no module "${key}" in this app; there are ${known.join(", ")}.`,
    hint: () => `Name a module by its key, or add it to "modules" in the config.`,
  },
});
