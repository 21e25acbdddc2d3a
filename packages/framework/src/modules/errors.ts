import { defineErrors } from "@velella/kernel";

/** What can be wrong with modules and their providers. */
export const moduleErrors = defineErrors("module", {
  notAModule: {
    type: "unknown_modules",
    message: (path: string) => `The module "${path}" has no default export made by Module(name, { service }).`,
    hint: () => `End its index file with: export default Module("name", { service: MyService })`,
  },
  duplicateKey: {
    type: "unknown_modules",
    message: (key: string, first: string, second: string) => `Two modules have the key "${key}": ${first} and ${second}.`,
    hint: (key) => `Give one of them another name in Module("${key}", …).`,
  },
  unknownProvider: {
    type: "unknown_modules",
    message: (module: string, provider: string) =>
      `The provider "${provider}" of the module "${module}" has no default export made by ModuleProvider(…).`,
    hint: (module) => `Check "resolve" in the options of the module "${module}".`,
  },
  badProviders: {
    type: "invalid_argument",
    message: (module: string, found: string) => `"providers" in the options of the module "${module}" is ${found}; expected a list.`,
    hint: () => `Write: providers: [{ resolve, id, is_default, options }]`,
  },
  severalDefaults: {
    type: "invalid_argument",
    message: (module: string, ids: readonly string[]) =>
      `The module "${module}" has more than one default provider: ${ids.map((id) => `"${id}"`).join(", ")}.`,
    hint: () => `Set "is_default" of one of them only.`,
  },
  sameProvider: {
    type: "invalid_argument",
    message: (module: string, id: string) => `The module "${module}" has two providers with the id "${id}".`,
    hint: () => `Give each an "id" of its own, by which it is chosen.`,
  },
  noProviderFile: {
    type: "unknown_modules",
    message: (module: string, provider: string) =>
      `The provider "${provider}" of the module "${module}" is not there: no file of the app and no package has that name.`,
    hint: (module) => `Check "resolve" in the options of the module "${module}", or install the package.`,
  },
  providerOptions: {
    type: "invalid_argument",
    message: (module: string, provider: string, reason: string) =>
      `The options of the provider "${provider}" of the module "${module}" are refused: ${reason}`,
    hint: (module) => `Correct "options" of the provider in the options of the module "${module}".`,
  },
  missingDependency: {
    type: "unknown_modules",
    message: (module: string, dependency: string) => `The module "${module}" depends on "${dependency}", which is not registered.`,
    hint: (_module, dependency) =>
      `Add a module with the key "${dependency}" to "modules" in the config, or remove it from "dependencies".`,
  },
  loaderFailed: {
    type: "unexpected_state",
    message: (module: string, reason: string) => `A loader of the module "${module}" failed: ${reason}`,
  },
});
