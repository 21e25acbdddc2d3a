import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { sep } from "node:path";

const ignoredFolders = new Set(["node_modules", "dist", "build", "coverage", "tests", "integration-tests"]);
const watched = /\.(?:[cm]?[jt]sx?|json)$|^\.env/;

/** Whether a change of a file may change what the app does. */
export function concernsApp(path: string): boolean {
  const parts = path.split(sep);
  const name = parts.pop() ?? "";
  if (parts.some((part) => ignoredFolders.has(part) || part.startsWith("."))) return false;
  // The dashboard's files are the browser's, and tests do not run in the server.
  if (parts[0] === "src" && parts[1] === "admin") return false;
  return watched.test(name) && !/\.(?:test|spec)\.|\.d\.ts$/.test(name) && !name.startsWith(".snapshot");
}

/**
 * Calls back when code of an app has changed, once per burst of changes.
 *
 * @param quietMs How long there must be no further change.
 */
export function watchFiles(directory: string, onChange: (files: string[]) => void, quietMs = 60): FSWatcher {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(directory, { recursive: true }, (_event, path) => {
    if (path === null || !concernsApp(path)) return;
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const files = [...changed].sort();
      changed.clear();
      onChange(files);
    }, quietMs);
  });
  watcher.on("close", () => clearTimeout(timer));
  return watcher;
}
