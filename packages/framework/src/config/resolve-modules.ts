import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { nearestNames } from "@velella/kernel";
import type { FileLoader } from "../loading/file-loader";
import type { ResolvedModule } from "../modules/load-modules";
import { isModuleExports } from "../modules/module";
import type { ModuleExports } from "../modules/module";
import { moduleEntrySchema } from "./config-schema";
import type { ConfigInput, ModuleEntry } from "./config-schema";
import { configErrors } from "./errors";
import { describeIssue } from "./resolve-config";
import type { ConfigDefaults } from "./resolve-config";

/** An entry as the config has it, and where. */
interface PlacedEntry {
  /** Such as `modules[1]`. */
  place: string;
  entry: ModuleEntry;
}

/** Where {@link resolveModules} finds what the entries of a config name. */
export interface ModuleSources {
  /** The config file, for messages. */
  file: string;
  /** Folder that paths are relative to. */
  directory: string;
  loader: FileLoader;
  defaults?: ConfigDefaults;
}

/**
 * Loads the modules of a config: the defaults, and those that the app names, which replace a default of the same key.
 *
 * @returns In the order of the defaults, then of the config.
 * @throws `config.unknown_module`, `config.not_a_module`, `config.duplicate_module`, `config.module_without_path`, `config.invalid`
 */
export function resolveModules(modules: ConfigInput["modules"], sources: ModuleSources): ResolvedModule[] {
  const { file, defaults = {} } = sources;
  const resolved = new Map<string, ResolvedModule | undefined>();
  for (const key of Object.keys(defaults.modules ?? {})) resolved.set(key, undefined);
  const disabled = new Set<string>();
  const named = new Map<string, string>();

  for (const placed of entriesOf(file, modules)) {
    const { entry, place } = placed;
    if (entry.disable) {
      disabled.add(entry.key ?? keyOfDisabled(placed, sources));
      continue;
    }
    if (typeof entry.resolve === "string" && defaults.builtIn?.has(entry.resolve)) continue;
    const module = resolveEntry(placed, sources);
    const other = named.get(module.key);
    if (other !== undefined) throw configErrors.duplicateModule(file, module.key, other, `${place} (${module.source})`);
    named.set(module.key, `${place} (${module.source})`);
    resolved.set(module.key, module);
  }
  const result: ResolvedModule[] = [];
  for (const [key, module] of resolved) {
    if (module) result.push(module);
    else if (!disabled.has(key)) result.push(defaultModule(key, sources));
  }
  return result;
}

function entriesOf(file: string, modules: ConfigInput["modules"] = []): PlacedEntry[] {
  const placed: { place: string; value: unknown; key?: string }[] = Array.isArray(modules)
    ? modules.map((value: unknown, index) => ({ place: `modules[${index}]`, value }))
    : Object.entries(modules as Record<string, unknown>).map(([key, value]) => ({ place: `modules.${key}`, value, key }));
  return placed
    .filter(({ value }) => value !== undefined && value !== true)
    .map(({ place, value, key }) => {
      const parsed = moduleEntrySchema.safeParse(value === false ? { disable: true } : value);
      if (!parsed.success)
        throw configErrors.invalid(
          file,
          parsed.error.issues.map((issue) => describeIssue(issue, place)),
        );
      return { place, entry: key === undefined ? parsed.data : { ...parsed.data, key } };
    });
}

function resolveEntry({ entry, place }: PlacedEntry, sources: ModuleSources): ResolvedModule {
  const { file, defaults = {} } = sources;
  const common = { options: entry.options ?? {}, dependencies: entry.dependencies ?? [] };
  if (entry.resolve === undefined) {
    if (entry.key === undefined || !defaults.modules?.[entry.key]) throw configErrors.moduleWithoutPath(file, place);
    const base = defaultModule(entry.key, sources);
    return { ...base, options: entry.options ?? base.options, dependencies: entry.dependencies ?? base.dependencies };
  }
  if (typeof entry.resolve !== "string") {
    const exports = moduleOf(entry.resolve);
    if (!exports) throw configErrors.notAModule(file, place, "an object");
    return { key: entry.key ?? exports.serviceName, exports, ...common, source: `the module "${exports.serviceName}"` };
  }
  const found = sources.loader.loadNamed(entry.resolve);
  if (!found) {
    const { tried, suggestion } = lookAround(entry.resolve, sources.directory);
    throw configErrors.unknownModule(file, place, entry.resolve, tried, suggestion);
  }
  const exports = moduleOf(found.exports);
  if (!exports) throw configErrors.notAModule(file, place, found.file);
  const key = entry.key ?? exports.serviceName;
  const base = defaults.modules?.[key];
  // A package may re-export a default module under another name: its migrations lie where the default's do.
  const isDefault = base !== undefined && moduleOf(base.load())?.service === exports.service;
  return {
    key,
    exports,
    options: common.options,
    dependencies: isDefault ? [...(base.dependencies ?? []), ...common.dependencies] : common.dependencies,
    directory: isDefault ? base.directory : dirname(found.file),
    file: found.file,
    source: entry.resolve,
  };
}

function defaultModule(key: string, { file, defaults }: ModuleSources): ResolvedModule {
  const module = defaults?.modules?.[key];
  const exports = moduleOf(module?.load());
  if (!module || !exports) throw configErrors.notAModule(file, `the default modules`, `"${key}"`);
  return {
    key,
    exports,
    options: module.options ?? {},
    dependencies: module.dependencies ?? [],
    directory: module.directory,
    source: `the default module "${key}"`,
  };
}

function keyOfDisabled({ entry, place }: PlacedEntry, sources: ModuleSources): string {
  return resolveEntry({ entry: { ...entry, disable: false }, place }, sources).key;
}

/** The module that a file exports: as a whole, or as its default. */
export function moduleOf(value: unknown): ModuleExports | undefined {
  if (isModuleExports(value)) return value;
  const inner = typeof value === "object" && value !== null && "default" in value ? value.default : undefined;
  return isModuleExports(inner) ? inner : undefined;
}

/** What was looked for, and what there is of a similar name. */
function lookAround(request: string, directory: string): { tried: string; suggestion?: string } {
  const isPath = /^\.{0,2}\//.test(request);
  const path = join(directory, request);
  const siblings = readFolder(dirname(path)).map((name) => name.replace(/\.[cm]?[jt]s$/, ""));
  const folder = `${isPath ? "" : "./"}${request.slice(0, request.lastIndexOf("/") + 1)}`;
  const name = request.slice(request.lastIndexOf("/") + 1);
  const near = siblings.includes(name) ? name : nearestNames(name, siblings)[0];
  return {
    tried: isPath ? `${path} was tried` : `no package of this name is installed for ${directory}`,
    suggestion: near === undefined || `${folder}${near}` === request ? undefined : `${folder}${near}`,
  };
}

function readFolder(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // Not there either: then there is nothing to suggest.
  }
}
