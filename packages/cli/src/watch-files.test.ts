import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { concernsApp, watchFiles } from "./watch-files";

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
  const directory = mkdtempSync(join(tmpdir(), "velella-watch-"));
  mkdirSync(join(directory, "src"));
  const told: string[][] = [];
  const watcher = watchFiles(directory, (files) => told.push(files), 80);
  onTestFinished(() => {
    watcher.close();
    rmSync(directory, { recursive: true });
  });
  // Recursive watching is set up folder by folder; writing until it is noticed is the only sign that it is there.
  await vi.waitFor(
    () => {
      writeFileSync(join(directory, "src", "a.ts"), String(Math.random()));
      expect(told.length).toBeGreaterThan(0);
    },
    { timeout: 10_000, interval: 200 },
  );
  told.length = 0;
  for (const name of ["b.ts", "a.ts", "notes.md"]) writeFileSync(join(directory, "src", name), "x");
  await vi.waitFor(() => expect(told).toEqual([[join("src", "a.ts"), join("src", "b.ts")]]), { timeout: 10_000 });
});
