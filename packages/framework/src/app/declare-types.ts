import { realpathSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { specOf } from "@velella/data";
import { createAppRegistries, processRegistries } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { loadConfig } from "../config/load-config";
import { moduleOf } from "../config/resolve-modules";
import type { LinkDefinitionInput } from "../links/define-link";
import { linkRegistryKind } from "../links/link-registry";
import type { LinkSpec } from "../links/link-spec";
import { resolveLinks } from "../links/resolve-links";
import { createFileLoader } from "../loading/file-loader";
import type { ResolvedModule } from "../modules/load-modules";
import { buildGraph } from "../query/build-graph";
import { declareGraph } from "../query/declare-graph";
import type { DeclaredModule } from "../query/declare-graph";
import type { Graph } from "../query/graph";
import type { AppDefaults } from "./app-defaults";
import { withFrameworkModules } from "./framework-modules";
import { loadLinks } from "./load-definitions";

/** Where the types of an app are kept, from its folder; `tsconfig.json` has to include it. */
export const typesFile = join(".velella", "types", "app.d.ts");

/** What {@link declareTypes} describes, once config and links of the app are loaded. */
export interface TypesInput {
  /** Folder of the app. */
  directory: string;
  /** Its config file: apps that go by the names of the facades get types that do, too. */
  configFile: string;
  modules: readonly ResolvedModule[];
  definitions: readonly LinkDefinitionInput[];
  /** Whether a file is one of the app's own. */
  owns(file: string): boolean;
  defaults: AppDefaults;
}

/**
 * What the modules and links of an app add to the types of `query.graph` and of the container, as the text of
 * {@link typesFile}. Of the default modules nothing is said: their package declares them.
 */
export function declareTypes(input: TypesInput): string {
  const { directory, modules, defaults } = input;
  const links = resolveLinks(input.definitions, modules.map(linkable));
  const isDefault = ({ key, file }: ResolvedModule) => Boolean(defaults.modules?.[key]) && (file === undefined || !input.owns(file));
  const base = graphOf(
    modules.filter(isDefault),
    links.filter(({ file }) => !input.owns(file)),
    defaults,
  );
  return declareGraph({
    heading: "Written by `velella types` and `velella develop`: what this app adds to what query.graph and the container give.",
    graph: graphOf(modules, links, defaults),
    base,
    modules: modules.filter((module) => !isDefault(module)).map((module) => declared(module, realpathSync(directory))),
    into: basename(input.configFile).startsWith("medusa-config") ? "@medusajs/framework/types" : "@velella/framework",
    isComplete: true,
  });
}

/** Which app {@link appTypes} reads. */
export interface AppTypesOptions {
  /** Folder of the app: its config lies there, and `src/`. */
  directory: string;
  /** What every app has. */
  defaults?: AppDefaults;
  /** Finds packages that Node does not find from the app's folder. */
  resolveFallback?: (request: string) => string | undefined;
}

/** {@link declareTypes} for the app in a folder, which is not booted: its database is not needed. */
export function appTypes({ directory, resolveFallback, ...options }: AppTypesOptions): string {
  const defaults = withFrameworkModules(options.defaults ?? {});
  const registries = createAppRegistries();
  const loader = createFileLoader({ directory, registries, resolveFallback });
  try {
    const { file, modules } = loadConfig({ directory, loader, defaults });
    loadLinks(directory, loader, defaults);
    const definitions = registries.get(linkRegistryKind).all();
    return declareTypes({ directory, configFile: file, modules, definitions, owns: loader.owns, defaults });
  } finally {
    loader.close();
  }
}

/**
 * The types of what a layer gives every app, for that layer to publish.
 *
 * @param requests What its modules are imported from, by key.
 */
export function defaultTypes(defaults: AppDefaults, requests: Readonly<Record<string, string>>): string {
  defaults.loadLinks?.();
  const modules = Object.entries(defaults.modules ?? {}).flatMap(([key, module]) => {
    const exports = moduleOf(module.load());
    return exports ? [{ key, exports }] : [];
  });
  const links = resolveLinks(processRegistries().get(linkRegistryKind).all(), modules.map(linkable));
  return declareGraph({
    heading: "Written by a test from the modules and links: what query.graph gives of them.",
    graph: graphOf(modules, links, defaults),
    modules: modules.map((module) => ({ key: module.key, models: modelNames(module), request: requests[module.key] })),
    into: "@velella/framework",
    isComplete: false,
  });
}

type LoadedExports = Pick<ResolvedModule, "key" | "exports">;

const modelsOf = ({ exports }: LoadedExports) =>
  Object.entries(exports.service.$modelObjects ?? {}).map(([name, entity]) => ({ name, spec: specOf(entity) }));
const modelNames = (module: LoadedExports) => new Map(modelsOf(module).map(({ name, spec }) => [spec.name, name]));
const linkable = (module: LoadedExports) => ({ key: module.key, models: modelsOf(module).map(({ spec }) => spec) });

// Nothing is read through a graph that is only written down.
const nowhere = {} as SqlConnection;

function graphOf(modules: readonly LoadedExports[], links: readonly LinkSpec[], { graph }: AppDefaults): Graph {
  const service = () => ({});
  return buildGraph({
    modules: modules.map((module) => ({ ...linkable(module), service, connection: nowhere, ...graph?.[module.key] })),
    links,
    connection: nowhere,
  });
}

function declared(module: ResolvedModule, directory: string): DeclaredModule {
  return { key: module.key, models: modelNames(module), request: requestOf(module, directory) };
}

/** How a declaration file of the app imports a module; undefined where there is nothing with types to import. */
function requestOf({ source, file }: ResolvedModule, directory: string): string | undefined {
  if (file === undefined) return undefined;
  if (!/^\.{0,2}[\\/]|^[A-Za-z]:/.test(source)) return source;
  if (!/\.[cm]?tsx?$/.test(file)) return undefined;
  const path = relative(join(directory, typesFile, ".."), file)
    .split(sep)
    .join("/");
  return path.replace(/(\/index)?\.[cm]?tsx?$/, "");
}
