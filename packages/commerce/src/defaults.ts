import { join } from "node:path";
import type { AppDefaults } from "@velella/framework";
import { registerKeyVerifiers } from "./api/key-verifiers";
import { commerceSections } from "./api/sections";
import { coreModules } from "./modules/registry";
import { seedCommerce } from "./modules/seed";

/** What the commerce layer gives every app: its modules, links, flows and API. */
export const commerceDefaults: AppDefaults = {
  projectConfig: {
    http: {
      authMethodsPerActor: { user: ["emailpass"] },
      restrictedFields: { store: ["order", "orders"] },
    },
  },
  modules: Object.fromEntries(
    Object.entries(coreModules).map(([key, { load, options, dependencies, directory }]) => [
      key,
      { load, options, dependencies, directory },
    ]),
  ),
  loadLinks: () => void require("./links"),
  loadWorkflows: () => void require("./flows"),
  apiDirectory: join(__dirname, "api"),
  sections: commerceSections,
  graph: Object.fromEntries(Object.entries(coreModules).map(([key, { graph }]) => [key, graph])),
  register: registerKeyVerifiers,
  seed: seedCommerce,
};
