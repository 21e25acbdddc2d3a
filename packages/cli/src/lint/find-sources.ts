import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { cliErrors } from "../errors";

const isSource = (name: string) => /\.[cm]?[jt]s$/.test(name) && !/\.d\.[cm]?ts$/.test(name);
const skipped = new Set(["node_modules", "dist", ".velella", ".medusa"]);

/**
 * The TypeScript and JavaScript files at the paths given, below folders in the order of their names.
 *
 * @param directory What the paths are relative to.
 * @throws `cli.no_such_path`
 */
export function findSources(directory: string, paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const full = resolve(directory, path);
    if (!existsSync(full)) throw cliErrors.noSuchPath(path, directory);
    return statSync(full).isDirectory() ? sourcesBelow(full) : [full];
  });
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : sourcesBelow(path);
      return entry.isFile() && isSource(entry.name) ? [path] : [];
    });
}
