import { readdirSync, watch } from "node:fs";
import type { Dirent, FSWatcher } from "node:fs";
import { join, relative, sep } from "node:path";

const ignoredFolders = new Set(["node_modules", "dist", "build", "coverage", "tests", "integration-tests"]);
const watched = /\.(?:[cm]?[jt]sx?|json)$|^\.env/;

const isIgnoredFolder = (name: string) => ignoredFolders.has(name) || name.startsWith(".");

/** Whether a change of a file may change what the app does. */
export function concernsApp(path: string): boolean {
  const parts = path.split(sep);
  const name = parts.pop() ?? "";
  if (parts.some(isIgnoredFolder)) return false;
  // The dashboard's files are the browser's, and tests do not run in the server.
  if (parts[0] === "src" && parts[1] === "admin") return false;
  return watched.test(name) && !/\.(?:test|spec)\.|\.d\.ts$/.test(name) && !name.startsWith(".snapshot");
}

/**
 * Calls back when code of an app has changed, once per burst of changes.
 *
 * @param quietMs How long there must be no further change.
 */
export function watchFiles(directory: string, onChange: (files: string[]) => void, quietMs = 60): { close(): void } {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const close = watchFolders(directory, (file) => {
    const path = relative(directory, file);
    if (!concernsApp(path)) return;
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const files = [...changed].sort();
      changed.clear();
      onChange(files);
    }, quietMs);
  });
  return {
    close() {
      clearTimeout(timer);
      close();
    },
  };
}

/**
 * Watches each folder by itself. Node's own recursive mode watches every single file on Linux, those of `node_modules`
 * too, and loses a file that an editor replaces instead of writing into it.
 */
function watchFolders(root: string, onFile: (file: string) => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  const forget = (folder: string) => {
    for (const [watched, watcher] of watchers) {
      if (watched !== folder && !watched.startsWith(folder + sep)) continue;
      watcher.close();
      watchers.delete(watched);
    }
  };
  const add = (folder: string, isNew: boolean) => {
    forget(folder); // One that was deleted and made again is another folder.
    if (!entriesOf(folder)) return;
    const onEvent = (_event: string, name: string | null) => {
      if (name === null) return;
      onFile(join(folder, name));
      if (!isIgnoredFolder(name)) add(join(folder, name), true);
    };
    const watcher = unlessGone(() => watch(folder, onEvent));
    if (!watcher) return;
    watcher.on("error", () => forget(folder));
    watchers.set(folder, watcher);
    // Only now: what is written meanwhile is rather told twice than not at all.
    for (const entry of entriesOf(folder) ?? []) {
      if (entry.isDirectory() && !isIgnoredFolder(entry.name)) add(join(folder, entry.name), isNew);
      // What was written before the folder was watched would go unnoticed.
      else if (isNew) onFile(join(folder, entry.name));
    }
  };
  add(root, false);
  return () => forget(root);
}

const entriesOf = (folder: string): Dirent[] | undefined => unlessGone(() => readdirSync(folder, { withFileTypes: true }));

/** Undefined for what is no folder, or none any more. */
function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR" || code === "ENOENT") return undefined;
    throw error;
  }
}
