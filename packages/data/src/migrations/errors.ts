import { defineErrors } from "@velella/kernel";

/** What can go wrong with migrations. */
export const migrationErrors = defineErrors("migration", {
  cannotAdopt: {
    type: "unexpected_state",
    message: (module: string, missing: readonly string[]) =>
      `The database was migrated by another system, and the tables of the module "${module}" lack ${missing.join(", ")}.`,
    hint: () => "Bring the existing app to version 2.21 of its framework first, whose tables these are; then run velella db:migrate again.",
  },
  failed: {
    type: "database_error",
    message: (direction: "up" | "down", module: string, file: string, statement: string, cause: string, undone: boolean) =>
      `The migration ${file} of the module "${module}" failed (${direction}): ${cause}\n  in: ${statement}\n  ${
        undone ? "It was rolled back whole." : "It runs without a transaction, so what it did before stays."
      }`,
    hint: () => "Correct the migration or the data it met, then run the migrations again: those that succeeded are not repeated.",
  },
  unloadable: {
    type: "invalid_argument",
    message: (module: string, file: string, cause: string) => `The migration file ${file} of the module "${module}" cannot be loaded: ${cause}`,
    hint: () => "A migration file exports one class that extends Migration.",
  },
  missingFile: {
    type: "not_found",
    message: (module: string, name: string) => `The database says that the migration ${name} of the module "${module}" was run, but there is no such migration.`,
    hint: (module, name) => `Restore the file ${name} of "${module}", or remove its row from velella_migrations if its tables are gone.`,
  },
  irreversible: {
    type: "not_allowed",
    message: (name: string) => `The migration ${name} has no down().`,
    hint: () => "Write down() to make it reversible, or go back by restoring a backup.",
  },
  notRunning: {
    type: "unexpected_state",
    message: (name: string, method: string) => `${method}() of the migration ${name} was called while no runner runs it.`,
    hint: () => "Call it inside up() or down().",
  },
  noKnex: {
    type: "not_allowed",
    message: (name: string) => `The migration ${name} asks for Knex, which is not available here.`,
    hint: () => "Use this.execute(sql, params) instead, or run the migrations through the framework, which provides Knex where it is installed.",
  },
  badSnapshot: {
    type: "invalid_data",
    message: (file: string, cause: string) => `The snapshot ${file} cannot be read: ${cause}`,
    hint: () => "Restore it from version control. It must fit the newest migration of the module.",
  },
  changedNeedsAnswer: {
    type: "invalid_argument",
    message: (table: string, from: string, to: string) => `An answer says that "${from}" of "${table}" is now "${to}", but these are not a removed and an added name.`,
    hint: () => "Answer only the questions that generateMigration returned.",
  },
});
