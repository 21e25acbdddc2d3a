import { defineErrors } from "@velella/kernel";

/** What can be wrong with the config of an app. */
export const configErrors = defineErrors("config", {
  notFound: {
    type: "not_found",
    message: (directory: string) => `There is no velella.config.ts (nor medusa-config.ts) in ${directory}.`,
    hint: () => "Run the command in the folder of your app, or create a velella.config.ts there that exports defineConfig({ … }).",
  },
  notAConfig: {
    type: "invalid_data",
    message: (file: string, found: string) => `${file} exports ${found} where a config was expected.`,
    hint: () => "End it with: module.exports = defineConfig({ … })",
  },
  invalid: {
    type: "invalid_data",
    message: (file: string, problems: readonly string[]) => `${file} is not valid: ${problems.join("; ")}.`,
    hint: () => "Correct the named options.",
  },
  unknownOptions: {
    type: "invalid_data",
    message: (file: string, problems: readonly string[]) => `${file} has what "strict" refuses: ${problems.join(" ")}`,
    hint: () => `Correct or remove the named options, or leave "strict" out to be warned only.`,
  },
  badDatabaseUrl: {
    type: "invalid_data",
    message: (file: string) => `${file}: "projectConfig.databaseUrl" is no URL, so "databaseName" cannot be put into it.`,
    hint: () => "Write postgres://user:password@host:port/database.",
  },
  insecureSecret: {
    type: "invalid_data",
    message: (file: string, option: string) => `${file}: "${option}" is not set, which production requires.`,
    hint: (_file: string, option: string) =>
      `Set "${option}" to a long random text that stays the same, best by the variable ${option.endsWith("jwtSecret") ? "JWT_SECRET" : "COOKIE_SECRET"}.`,
  },
  unknownModule: {
    type: "unknown_modules",
    message: (file: string, place: string, request: string, tried: string, _suggestion?: string) =>
      `${file}: ${place} names the module "${request}", which is not there (${tried}).`,
    hint: (_file: string, _place: string, _request: string, _tried: string, suggestion?: string) =>
      suggestion
        ? `Did you mean "${suggestion}"?`
        : `A module of the app is named by its path from the config file, such as "./src/modules/blog"; one of a package by the package's name, once it is installed.`,
  },
  notAModule: {
    type: "unknown_modules",
    message: (file: string, place: string, module: string) =>
      `${file}: ${place} names ${module}, whose default export was not made by Module("name", { service }).`,
    hint: () => `End that file with: export default Module("name", { service: MyService })`,
  },
  duplicateModule: {
    type: "unknown_modules",
    message: (file: string, key: string, first: string, second: string) =>
      `${file}: two modules have the key "${key}": ${first} and ${second}.`,
    hint: (_file: string, key: string, _first: string, second: string) =>
      `Give the module of ${second} another name in its Module("${key}", …), or remove one of them.`,
  },
  moduleWithoutPath: {
    type: "invalid_data",
    message: (file: string, place: string) => `${file}: ${place} has no "resolve", and no module is known by its key.`,
    hint: () => `Add where the module lies, such as { resolve: "./src/modules/blog" }.`,
  },
});
