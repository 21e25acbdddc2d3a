import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { provideBinaries } from "./binaries";
import { findPlatformPackage } from "./platform-package";

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "velella-programs-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const versionOf = (program: string) => execFileSync(program, ["--version"], { encoding: "utf8", env: {} });

test("programs run from the copy although the package has no links between its libraries", () => {
  const installed = findPlatformPackage();
  const native = path.join(root, "native");
  // What a tarball holds, before any install script has run.
  cpSync(installed.native, native, { recursive: true, verbatimSymlinks: true, filter: (file) => !linkTargets(installed.native).has(file) });
  const binaries = provideBinaries([path.join(root, "cache")], { ...installed, native });
  expect(binaries.major).toBe("18");
  expect([versionOf(binaries.postgres), versionOf(binaries.initdb)]).toEqual([
    expect.stringContaining("18."),
    expect.stringContaining("18."),
  ]);
  // A running server does not need the package any more.
  rmSync(native, { recursive: true });
  expect(versionOf(binaries.postgres)).toContain("18.");
});

test("the copy is made once, in the first folder that can be written", () => {
  const installed = findPlatformPackage();
  writeFileSync(path.join(root, "a-file"), "");
  const folders = [path.join(root, "a-file", "cache"), path.join(root, "cache")];
  const first = provideBinaries(folders, installed);
  expect(first.postgres.startsWith(path.join(root, "cache"))).toBe(true);
  expect(provideBinaries(folders, { ...installed, native: "/nowhere" })).toEqual(first);
  expect(readdirSync(path.join(root, "cache"))).toHaveLength(1);
});

test("a strict umask does not keep the server's user from running the copy", () => {
  const umask = process.umask(0o077);
  try {
    const { postgres } = provideBinaries([path.join(root, "cache")]);
    expect([postgres, path.dirname(postgres)].map((file) => statSync(file).mode & 0o777)).toEqual([0o755, 0o755]);
  } finally {
    process.umask(umask);
  }
});

test("without a folder to write in, all that were tried are named", () => {
  writeFileSync(path.join(root, "a-file"), "");
  expect(() => provideBinaries([path.join(root, "a-file", "cache")])).toThrow(/could not copy PostgreSQL's programs in .*a-file\/cache/);
});

/** Paths of the links, where an install script has made them. */
function linkTargets(native: string): Set<string> {
  const listed = JSON.parse(readFileSync(path.join(native, "pg-symlinks.json"), "utf8")) as { target: string }[];
  return new Set(listed.map(({ target }) => path.join(path.dirname(native), target)));
}
