import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { FileLoader } from "../loading/file-loader";
import type { ResolvedModule } from "../modules/load-modules";
import type { Config, ConfigInput } from "./config-schema";
import { configErrors } from "./errors";
import { loadEnv } from "./load-env";
import { resolveConfig } from "./resolve-config";
import type { ConfigDefaults, ResolvedConfig } from "./resolve-config";
import { resolveModules } from "./resolve-modules";

/** Where a config is read, and with what it is completed. */
export interface LoadConfigOptions {
  /** Folder of the app. */
  directory: string;
  /** Runs the config file and the modules that it names. */
  loader: FileLoader;
  /** What the config has where the file says nothing; nothing by default. */
  defaults?: ConfigDefaults;
  /** Which `.env.<environment>` is read; `NODE_ENV` or `development` by default. */
  environment?: string;
}

/** The config of an app, before its modules are loaded. */
export interface ReadConfig extends ResolvedConfig {
  /** Absolute path of the config file. */
  file: string;
  /** What the file exports, as it is. */
  exported: unknown;
}

/** The config of an app, with its modules loaded. */
export interface LoadedConfig {
  /** Absolute path of the config file. */
  file: string;
  /** With all defaults filled in. */
  config: Config;
  /** The default modules that were not left out, then those of the app. */
  modules: ResolvedModule[];
  /** What is doubtful in the config, a sentence each. */
  warnings: string[];
}

const extensions = [".ts", ".mts", ".cts", ".js", ".cjs", ".mjs"];

/**
 * The config file of an app: `velella.config` or `medusa-config`, as TypeScript or JavaScript.
 *
 * @throws `config.not_found`
 */
export function findConfig(directory: string): string {
  for (const name of ["velella.config", "medusa-config"]) {
    for (const extension of extensions) {
      const file = join(directory, name + extension);
      if (existsSync(file)) return file;
    }
  }
  throw configErrors.notFound(directory);
}

/**
 * Reads the environment files and the config of an app, but loads no module.
 *
 * @throws `config.not_found`, `config.not_a_config`, `config.invalid`, `config.insecure_secret`; `loading.*` when it does not compile or run.
 */
export function readConfig({
  directory,
  loader,
  defaults,
  environment = process.env.NODE_ENV || "development",
}: LoadConfigOptions): ReadConfig {
  const file = findConfig(directory);
  loadEnv(environment, directory);
  const exports = loader.load<unknown>(file);
  // `module.exports = …` as well as `export default …`.
  const exported = typeof exports === "object" && exports !== null && "default" in exports ? exports.default : exports;
  return { file, exported, ...resolveConfig(basename(file), exported, defaults) };
}

/**
 * Reads the config of an app, and loads the modules it names.
 *
 * @throws What `readConfig` throws, and what `resolveModules` throws.
 */
export function loadConfig(options: LoadConfigOptions): LoadedConfig {
  const { file, exported, config, warnings } = readConfig(options);
  const modules = resolveModules((exported as ConfigInput).modules, { ...options, file: basename(file) });
  for (const { key, options: given, dependencies, source } of modules) {
    config.modules[key] = { resolve: source, key, options: given, dependencies: [...dependencies] };
  }
  return { file, config, modules, warnings };
}
