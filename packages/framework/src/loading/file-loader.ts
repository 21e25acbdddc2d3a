import { realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { AppError } from "@velella/kernel";
import type { Registries } from "@velella/kernel";
import { describeLoadError } from "./load-error";
import { purgeModules } from "./purge";
import { compileCacheIn, hookApp, loadingFor, unhookApp } from "./require-hook";
import type { HookedApp } from "./require-hook";

/** For which app a loader loads, and where what it loads is registered. */
export interface FileLoaderOptions {
  /** Root folder of the app. */
  directory: string;
  /** Where the definitions of its files go. */
  registries: Registries;
  /** Folder of the compile cache; the one in `VELELLA_CACHE_DIR`, or `.velella/cache` in the app by default. */
  cacheDirectory?: string;
  /** Finds a package that Node does not find from the app; gives the file, or undefined. */
  resolveFallback?: (request: string) => string | undefined;
}

/** Loads the files of one app, TypeScript or JavaScript, and loads them again when they change. */
export interface FileLoader {
  /**
   * Loads a file and gives its exports.
   *
   * @throws `loading.compile_failed`, `loading.module_not_found` or `loading.load_failed`; coded errors of the file itself pass.
   */
  load<T = Record<string, unknown>>(file: string): T;
  /**
   * Loads the package or file that a config names.
   *
   * @returns Its exports and the file it was found in, or undefined when there is none.
   */
  loadNamed(request: string): { exports: Record<string, unknown>; file: string } | undefined;
  /** Counts the files below another folder, such as a plugin's, among the app's own. */
  addRoot(directory: string): void;
  /** Whether a file is one of the app's own. */
  owns(file: string): boolean;
  /**
   * Forgets files and everything of the app that imports them, with what they defined.
   *
   * @returns The files forgotten, to be loaded again.
   */
  purge(files: readonly string[]): string[];
  /** Writes the compile cache. */
  save(): void;
  /** Forgets all files of the app. */
  close(): void;
}

/** A loader for an app. `require` is hooked in the whole process as soon as there is one. */
export function createFileLoader({ directory, registries, cacheDirectory, resolveFallback }: FileLoaderOptions): FileLoader {
  const roots = [withSeparator(directory)];
  const owns = (file: string) => roots.some((root) => file.startsWith(root) && !file.includes(`${sep}node_modules${sep}`, root.length - 1));
  const cache = compileCacheIn(cacheDirectory ?? process.env.VELELLA_CACHE_DIR ?? join(directory, ".velella", "cache"));
  const app: HookedApp = { registries, owns, resolveFallback, cache };
  const purgeAll = () => purgeModules(Object.keys(require.cache).filter(owns), owns);
  const onExit = () => cache.save();
  // What an earlier app in this process loaded from here has defined nothing in these registries.
  purgeAll();
  hookApp(app);
  process.once("exit", onExit);

  const load = <T>(file: string): T => {
    try {
      return loadingFor(app, () => require(file) as T);
    } catch (error) {
      throw AppError.isAppError(error) ? error : describeLoadError(file, error, owns);
    }
  };
  return {
    load,
    loadNamed(request) {
      const file = resolveNamed(request, directory, app);
      return file === undefined ? undefined : { exports: load(file), file };
    },
    addRoot: (root) => void roots.push(withSeparator(root)),
    owns,
    purge(files) {
      const purged = purgeModules(files, owns);
      for (const file of new Set([...files, ...purged])) registries.forget(file);
      return purged;
    },
    save: () => cache.save(),
    close() {
      process.removeListener("exit", onExit);
      cache.save();
      unhookApp(app);
      purgeAll();
    },
  };
}

function resolveNamed(request: string, directory: string, app: HookedApp): string | undefined {
  try {
    return loadingFor(app, () => require.resolve(request, { paths: [directory] }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

function withSeparator(directory: string): string {
  const real = realpathSync(directory);
  return real.endsWith(sep) ? real : real + sep;
}
