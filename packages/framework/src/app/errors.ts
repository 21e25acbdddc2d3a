import { defineErrors } from "@velella/kernel";

/** What can be wrong when an app boots. */
export const appErrors = defineErrors("app", {
  notMigrated: {
    type: "unexpected_state",
    message: (pending: readonly string[]) => `The database lacks ${pending.length} migration${pending.length === 1 ? "" : "s"}: ${pending.slice(0, 5).join(", ")}${pending.length > 5 ? ", …" : ""}.`,
    hint: () => "Run: velella db:migrate",
  },
  linksNotSynced: {
    type: "unexpected_state",
    message: (tables: readonly string[]) => `The database lacks the tables of links: ${tables.join(", ")}.`,
    hint: () => "Run: velella db:migrate",
  },
});
