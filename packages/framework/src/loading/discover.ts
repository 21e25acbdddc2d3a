import { readdirSync } from "node:fs";
import type { Dirent } from "node:fs";
import { extname, join } from "node:path";

/** Folders below `src` whose files an app's framework finds by itself. */
export const appFolders = ["modules", "links", "workflows", "api", "subscribers", "jobs", "scripts"] as const;

/** One of {@link appFolders}. */
export type AppFolder = (typeof appFolders)[number];

const sources = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs"];
const ignoredFolders = new Set(["node_modules", "__tests__", "__mocks__", "__fixtures__"]);

/**
 * The code files below a folder, in the order of their names; none when there is no such folder. Type declarations,
 * tests (`*.test.ts`, `*.spec.ts`, `__tests__`) and hidden files are left out. Where `a.ts` and a compiled
 * `a.js` lie side by side, the former counts.
 *
 * @param pattern Only files whose name without extension matches, such as `/^route$/`.
 */
export function discover(directory: string, pattern?: RegExp): string[] {
  const files: string[] = [];
  collect(directory, pattern, files);
  return files.sort();
}

function collect(directory: string, pattern: RegExp | undefined, files: string[]): void {
  const byName = new Map<string, string>();
  for (const entry of entriesOf(directory)) {
    if (entry.name.startsWith(".")) continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (!ignoredFolders.has(entry.name)) collect(path, pattern, files);
      continue;
    }
    const extension = extname(entry.name);
    const name = entry.name.slice(0, -extension.length);
    if (!sources.includes(extension) || /\.(d|test|spec)$/.test(name) || pattern?.test(name) === false) continue;
    const other = byName.get(name);
    if (other === undefined || sources.indexOf(extension) < sources.indexOf(extname(other))) byName.set(name, path);
  }
  files.push(...byName.values());
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

/** The files of one of the app's folders: `src/links` and so on. */
export function discoverAppFiles(root: string, folder: AppFolder, pattern?: RegExp): string[] {
  return discover(join(root, "src", folder), pattern);
}
