import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { extname, join } from "node:path";
import { loadInto, loadingScope, processRegistries } from "@velella/kernel";
import type { Registries } from "@velella/kernel";
import { compile, compilerVersion } from "./compile";
import { CompileCache } from "./compile-cache";

/** The files of one app, as the hook sees them. */
export interface HookedApp {
  registries: Registries;
  /** Whether a file is one of the app's own (not a dependency's). */
  owns(file: string): boolean;
  /** Finds a package that Node does not; gives the file, or undefined. */
  resolveFallback?(request: string): string | undefined;
  cache: CompileCache;
}

type CompiledModule = NodeModule & { _compile(code: string, file: string): void };
type Extension = (module: CompiledModule, file: string) => void;
type Resolve = (this: unknown, request: string, parent: NodeModule | undefined, ...rest: unknown[]) => string;

/** What Node's own `Module` has beneath its documented face, and what every require hook builds on. */
interface ModuleInternals {
  _extensions: Record<string, Extension>;
  _resolveFilename: Resolve;
}

const apps: HookedApp[] = [];
const loading: HookedApp[] = [];
let installed = false;

/** Makes `require` compile TypeScript and give definitions of an app's files to the app. */
export function hookApp(app: HookedApp): void {
  apps.push(app);
  install();
}

/** Forgets an app; its files are then loaded as any others. */
export function unhookApp(app: HookedApp): void {
  const index = apps.indexOf(app);
  if (index >= 0) apps.splice(index, 1);
}

/** Runs a load on behalf of an app: when two apps own a file, it belongs to this one. */
export function loadingFor<T>(app: HookedApp, load: () => T): T {
  loading.push(app);
  try {
    return load();
  } finally {
    loading.pop();
  }
}

function ownerOf(file: string): HookedApp | undefined {
  const current = loading.at(-1);
  return current?.owns(file) ? current : apps.findLast((app) => app.owns(file));
}

/** Runs the code of a file so that what it defines is kept under its name, also when another file requires it. */
function inScopeOf(file: string, run: () => void): void {
  const owner = ownerOf(file);
  if (owner) {
    try {
      return loadInto(owner.registries, file, run);
    } catch (error) {
      owner.registries.forget(file); // Node forgets the module, too, and runs it anew at the next require.
      throw error;
    }
  }
  // A library that an app's file happens to require first belongs to the process, not to that file.
  return loadingScope().file === "" ? run() : loadInto(processRegistries(), "", run);
}

function install(): void {
  if (installed) return;
  installed = true;
  const internals = nodeModule.default as unknown as Partial<ModuleInternals>;
  // Test runners such as Jest bring a module system and a compiler of their own.
  if (!internals._extensions || !internals._resolveFilename) return;
  process.setSourceMapsEnabled(true);

  const javascript = internals._extensions[".js"];
  if (javascript) internals._extensions[".js"] = (module, file) => inScopeOf(file, () => javascript(module, file));
  const typescript: Extension = (module, file) => {
    const source = readFileSync(file, "utf8");
    const make = () => compile(file, source);
    const code = ownerOf(file)?.cache.get(file, source, make) ?? make();
    inScopeOf(file, () => module._compile(code, file));
  };
  for (const extension of [".ts", ".tsx", ".mts", ".cts"]) internals._extensions[extension] = typescript;
  internals._resolveFilename = resolveWithFallback(internals._resolveFilename);
}

function resolveWithFallback(original: Resolve): Resolve {
  return function resolve(request, parent, ...rest) {
    try {
      return original.call(this, request, parent, ...rest);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
      const typed = typescriptName(request);
      if (typed) {
        try {
          return original.call(this, typed, parent, ...rest);
        } catch {
          throw error; // The name as it was written is the one to complain about.
        }
      }
      const found = askFallback(request);
      if (found === undefined) throw error;
      return found;
    }
  };
}

let asking = false;

function askFallback(request: string): string | undefined {
  if (asking) return undefined; // A fallback may itself use `require.resolve`.
  asking = true;
  try {
    return (loading.at(-1) ?? apps.at(-1))?.resolveFallback?.(request);
  } finally {
    asking = false;
  }
}

/** `./a.js` in TypeScript means `./a.ts`. */
function typescriptName(request: string): string | undefined {
  const extension = extname(request);
  if (!/^\.{0,2}\//.test(request) || ![".js", ".mjs", ".cjs"].includes(extension)) return undefined;
  return `${request.slice(0, -extension.length)}${extension.replace("js", "ts")}`;
}

/** The cache of an app's compiled files below a folder. */
export function compileCacheIn(directory: string): CompileCache {
  return new CompileCache(join(directory, "compiled.pack"), compilerVersion());
}
