import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { discover, discoverAppFiles } from "./discover";

function appWith(files: string[]): string {
  const directory = mkdtempSync(join(tmpdir(), "velella-discover-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const file of files) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), "");
  }
  return directory;
}

test("finds code in the order of names, and leaves tests, declarations and hidden files out", () => {
  const directory = appWith([
    "b.ts",
    "a/c.js",
    "a/c.d.ts",
    "b.test.ts",
    "b.spec.js",
    "__tests__/x.ts",
    ".hidden.ts",
    "node_modules/y/index.js",
    "notes.md",
    "a/.snapshot-x.json",
  ]);
  expect(discover(directory).map((file) => relative(directory, file))).toEqual(["a/c.js", "b.ts"]);
});

test("prefers a source to what was compiled from it", () => {
  const directory = appWith(["a.js", "a.ts"]);
  expect(discover(directory).map((file) => relative(directory, file))).toEqual(["a.ts"]);
});

test("a pattern selects by name without extension", () => {
  const directory = appWith(["src/api/store/[id]/route.ts", "src/api/store/route.js", "src/api/middlewares.ts"]);
  expect(discoverAppFiles(directory, "api", /^route$/).map((file) => relative(directory, file))).toEqual([
    "src/api/store/[id]/route.ts",
    "src/api/store/route.js",
  ]);
});

test("a folder that is not there holds nothing", () => {
  expect(discoverAppFiles(appWith([]), "jobs")).toEqual([]);
});
