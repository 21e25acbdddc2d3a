import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { concernsApp, watchFiles } from "./watch-files";

const files = vi.hoisted(() => ({ beforeWatched: undefined as ((folder: string) => void) | undefined }));
vi.mock("node:fs", async (importOriginal) => {
  const fs = await importOriginal<typeof import("node:fs")>();
  const watch = (folder: string, listener: (event: string, name: string | null) => void) => {
    files.beforeWatched?.(folder);
    return fs.watch(folder, listener);
  };
  return { ...fs, watch };
});

let directory: string;
let told: string[][];
let watcher: { close(): void };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "velella-watch-"));
  mkdirSync(join(directory, "src"));
  writeFileSync(join(directory, "src", "a.ts"), "1");
  told = [];
  watcher = watchFiles(directory, (files) => told.push(files), 80);
});
afterEach(() => {
  files.beforeWatched = undefined;
  watcher.close();
  rmSync(directory, { recursive: true });
});

const write = (name: string) => writeFileSync(join(directory, "src", name), String(Math.random()));

async function expectTold(...files: string[]): Promise<void> {
  await vi.waitFor(() => expect(told).toEqual([files.map((name) => join("src", name))]), { timeout: 10_000 });
  told.length = 0;
}

test("code, config and environment concern the app; tests, build output and the dashboard do not", () => {
  const yes = ["src/api/store/[id]/route.ts", "medusa-config.ts", ".env", ".env.test", "src/data/countries.json"];
  const no = [
    "src/api/route.test.ts",
    "node_modules/x/index.js",
    "dist/index.js",
    ".velella/cache/compiled.pack",
    "src/admin/widget.tsx",
    "README.md",
    "src/types.d.ts",
    "src/modules/a/migrations/.snapshot-a.json",
  ];
  expect(yes.filter((path) => !concernsApp(path))).toEqual([]);
  expect(no.filter(concernsApp)).toEqual([]);
});

test("a burst of changes is told once", async () => {
  for (const name of ["b.ts", "a.ts", "notes.md"]) write(name);
  await expectTold("a.ts", "b.ts");
});

test("a file that an editor replaces is noticed every time", async () => {
  for (let round = 0; round < 3; round++) {
    write("a.tmp");
    renameSync(join(directory, "src", "a.tmp"), join(directory, "src", "a.ts"));
    await expectTold("a.ts");
  }
});

test("files in new folders are noticed, those written at once and later ones", async () => {
  mkdirSync(join(directory, "src", "api", "deep"), { recursive: true });
  write("api/deep/route.ts");
  await expectTold("api/deep/route.ts");
  write("api/deep/other.ts");
  await expectTold("api/deep/other.ts");
  rmSync(join(directory, "src", "api"), { recursive: true });
  mkdirSync(join(directory, "src", "api"));
  write("api/again.ts");
  await vi.waitFor(() => expect(told.flat()).toContain(join("src", "api", "again.ts")), { timeout: 10_000 });
});

test("a file that is written in the moment in which its new folder begins to be watched is noticed", async () => {
  files.beforeWatched = (folder) => {
    if (folder === join(directory, "src", "api")) write("api/route.ts");
  };
  mkdirSync(join(directory, "src", "api"));
  await expectTold("api/route.ts");
});

test("a new folder that is gone before it is watched ends nothing", async () => {
  files.beforeWatched = (folder) => rmSync(folder, { recursive: true });
  mkdirSync(join(directory, "src", "api"));
  await vi.waitFor(() => expect(existsSync(join(directory, "src", "api"))).toBe(false), { timeout: 10_000 });
  files.beforeWatched = undefined;
  write("a.ts");
  await expectTold("a.ts");
});
