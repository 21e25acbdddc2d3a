import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { run } from "./main";

let output = "";

beforeEach(() => {
  output = "";
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      output += String(text);
      return true;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

test("help lists the commands, also when nothing is asked", async () => {
  expect(await run(["--help"])).toBe(0);
  for (const name of [
    "develop",
    "start",
    "exec",
    "user",
    "db:migrate",
    "db:generate",
    "db:rollback",
    "db:diff",
    "db:sync-links",
    "workflows",
    "hooks",
    "events",
    "jobs",
    "lint",
    "routes",
  ])
    expect(output).toContain(`  ${name} `);
  expect(output).not.toContain("develop:serve");
  const help = output;
  output = "";
  expect(await run([])).toBe(0);
  expect(output).toBe(help);
});

test("the version", async () => {
  expect(await run(["--version"])).toBe(0);
  expect(output).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("an unknown command is refused with the one that may have been meant", async () => {
  expect(await run(["db:migrat"])).toBe(1);
  expect(output).toContain("unknown command 'db:migrat'");
  expect(output).toContain("db:migrate");
});

test("what is missing or wrong is named", async () => {
  expect(await run(["user", "-e", "a@b.c"])).toBe(1);
  expect(output).toContain("--password");
  output = "";
  expect(await run(["start", "--port", "90000"])).toBe(1);
  expect(output).toContain(`"90000" is no port`);
  output = "";
  expect(await run(["events", "list", "--limit", "0"])).toBe(1);
  expect(output).toContain(`"0" is no number of lines`);
  output = "";
  expect(await run(["events", "discard"])).toBe(1);
  expect(output).toContain("Which deliveries are to be given up?");
  expect(output).toContain("--subscriber");
  output = "";
  expect(await run(["workflows", "sho", "x"])).toBe(1);
  expect(output).toContain("Did you mean show?");
  output = "";
  expect(await run(["exec", "./src/scripts/sed.ts", "--dry-run"])).toBe(1);
  expect(output).toMatch(/There is no script .*\/src\/scripts\/sed\.ts\./);
  expect(output).toContain("relative to the current folder");
  expect(output).not.toMatch(/^\s+at /m);
});
