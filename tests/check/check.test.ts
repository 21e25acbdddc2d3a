import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { undocumentedExports } from "../../scripts/check/doc-comments.mjs";
import { countAny, habitProblems } from "../../scripts/check/habits.mjs";
import { layerProblems } from "../../scripts/check/layers.mjs";
import { mapProblems } from "../../scripts/check/map.mjs";
import { sizeProblems } from "../../scripts/check/sizes.mjs";
import { importsOf } from "../../scripts/check/sources.mjs";
import { exportedNames } from "../../scripts/check/surface.mjs";

const order = {
  packages: { kernel: [], data: ["kernel"], "compat-framework": ["data"], commerce: [] },
  folders: { data: ["errors", "sql", "read"] },
  separate: ["commerce/modules"],
};

function problemsOf(files: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), "velella-layers-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return layerProblems(root, Object.keys(files), order);
}

test("imports that go down are right", () => {
  const files = {
    "packages/kernel/src/index.ts": `export const a = 1;`,
    "packages/data/src/index.ts": `export { read } from "./read/read";`,
    "packages/data/src/errors.ts": `import { a } from "@velella/kernel";`,
    "packages/data/src/sql/emit.ts": `import type { E } from "../errors";`,
    "packages/data/src/read/read.ts": `import { emit } from "../sql/emit";\nimport "../errors";`,
    "packages/compat/framework/src/index.ts": `export * from "@velella/data";`,
  };
  expect(problemsOf(files)).toEqual([]);
});

test("an import of a higher package, a higher folder, or by path into another package is found", () => {
  const files = {
    "packages/kernel/src/a.ts": `import { read } from "@velella/data";\nimport { b } from "../../data/src/sql/b";`,
    "packages/data/src/sql/b.ts": `import type { R } from "../read/r";\nconst own = require("@velella/data");`,
    "packages/data/src/read/r.ts": `// import "../nothing";`,
  };
  expect(problemsOf(files)).toEqual([
    "packages/kernel/src/a.ts imports @velella/data; kernel may import only nothing.",
    "packages/kernel/src/a.ts reaches into the package data by path (../../data/src/sql/b).",
    `packages/data/src/sql/b.ts imports ../read/r: in data, "sql" lies below "read".`,
    "packages/data/src/sql/b.ts imports its own package by name (@velella/data).",
  ]);
});

test("what tests are made with may have the testing entry of any package, and nothing else from there", () => {
  const files = {
    "packages/kernel/src/testing/a.ts": `import { createTestDatabase } from "@velella/data/testing";\nimport { read } from "@velella/data";`,
    "packages/kernel/src/b.ts": `import { createTestDatabase } from "@velella/data/testing";`,
  };
  expect(problemsOf(files)).toEqual([
    "packages/kernel/src/testing/a.ts imports @velella/data; kernel may import only nothing.",
    "packages/kernel/src/b.ts imports @velella/data/testing; kernel may import only nothing.",
  ]);
});

test("folders that are to be separate do not import each other, but may share what lies beside them", () => {
  const files = {
    "packages/commerce/src/modules/base.ts": `export const base = 1;`,
    "packages/commerce/src/modules/region/service.ts": `import { base } from "../base";\nimport { models } from "./models";\nimport type { Store } from "../store/models";`,
    "packages/commerce/src/modules/region/models.ts": `export const models = [];`,
    "packages/commerce/src/modules/store/models.ts": `export interface Store {}`,
  };
  expect(problemsOf(files)).toEqual([
    `packages/commerce/src/modules/region/service.ts imports packages/commerce/src/modules/store/models.ts: "region" and "store" of commerce/modules are to know nothing of each other.`,
  ]);
});

test("a circle of imports is found, unless it is one of types", () => {
  const circle = (keyword: string) => ({
    "packages/data/src/read/a.ts": `import { b } from "./b";`,
    "packages/data/src/read/b.ts": `${keyword} { a } from "./a";`,
  });
  expect(problemsOf(circle("import type"))).toEqual([]);
  expect(problemsOf(circle("import"))).toEqual([
    "Imports go round: packages/data/src/read/a.ts → packages/data/src/read/b.ts → packages/data/src/read/a.ts",
  ]);
});

test("imports are read over several lines and not from comments or texts", () => {
  const text = `import {\n  a,\n} from "one";\n/* import "no" */\nexport type { T } from "two";\nconst s = 'import "no"'; // require("no")\nconst x = await import("three"); type M = typeof import("four");\nimport "five";`;
  expect(importsOf(text).map(({ request, typeOnly }) => `${request}${typeOnly ? " (type)" : ""}`)).toEqual([
    "one",
    "two (type)",
    "five",
    "three",
    "four (type)",
  ]);
});

test("exported names", () => {
  const text = `export { b, type C, x as d } from "./b";\nexport type { E } from "./e";\nexport const a = 1;\nexport async function f() {}\nexport interface G {}\nexport abstract class H {}\nexport * from "zod";\n// export const no = 1;`;
  expect(exportedNames(text)).toEqual(["* from zod", "a", "b", "type C", "d", "type E", "f", "type G", "H"]);
});

test("habits", () => {
  expect(habitProblems("packages/data/src/errors.ts", `throw new Error("x")`)).toEqual([]);
  expect(habitProblems("packages/data/src/utils/a.ts", `\nthrow new Error("x"); // TODO\n`)).toEqual([
    "packages/data/src/utils/a.ts:2 throws a bare Error; make it in errors.ts.",
    expect.stringContaining(`"utils" says nothing`),
    "packages/data/src/utils/a.ts:2 has a TODO.",
  ]);
  expect(habitProblems("packages/data/src/a.ts", `export * from "./b";`)).toEqual([
    `packages/data/src/a.ts has "export *"; name what it exports.`,
  ]);
  expect(countAny(`const a: any = b as any; // any\nconst anyone: Array<any> = "any";`)).toBe(3);
});

/** The exports of a file of the kernel that lack a comment. */
function undocumented(text: string, file = "packages/kernel/src/a.ts"): string[] {
  return undocumentedExports(file, text).map(({ name, line }) => `${line} ${name}`);
}

test("doc comments of types and functions", () => {
  expect(
    undocumented("/** A. */\nexport interface A {}\nexport type B = A;\n/** C. */\n// oxlint-disable-next-line x\nexport class C {}\n"),
  ).toEqual(["3 B"]);
  const functions = [
    "export async function a() {}",
    "export const b = (c: string): string => c;",
    "export const d: typeof b = async <T>(e: T) => e;",
    "export const f = 1;",
    "/** G. */",
    "export function g(): void;",
    "export function g(h: string): void;",
    "function i() {}",
  ];
  expect(undocumented(functions.join("\n"))).toEqual(["1 a", "2 b", "3 d"]);
  expect(habitProblems("packages/kernel/src/a.ts", "export class A {}")).toEqual([
    "packages/kernel/src/a.ts:1 exports A without a doc comment.",
  ]);
  expect(habitProblems("packages/compat/a/src/a.ts", "export class A {}")).toEqual([]);
});

test("doc comments of options, a member each", () => {
  const text = [
    "/** A. */",
    "export interface AOptions<",
    "  T,",
    "> extends B {",
    "  /** C. */",
    "  c?: string;",
    "  readonly d: {",
    "    e: string;",
    "  };",
    "  f(g: string): void;",
    "}",
    "interface HConfig {",
    "  i: string;",
    "}",
    "/** J. */",
    "export interface J {",
    "  k: string;",
    "}",
  ];
  expect(undocumented(text.join("\n"))).toEqual(["7 AOptions.d", "8 AOptions.e", "10 AOptions.f"]);
});

test("no doc comment is asked of a part whose type is imported", () => {
  const text = [
    `import type { Store } from "./store";`,
    `import type {`,
    `  Clock,`,
    `} from "./clock";`,
    "/** A. */",
    "export interface AOptions {",
    "  readonly store: Store;",
    "  clock: Clock;",
    "  other?: Store;",
    "  stores: Store[];",
    "  own: Own;",
    "}",
  ];
  expect(undocumented(text.join("\n"))).toEqual(["9 AOptions.other", "10 AOptions.stores", "11 AOptions.own"]);
});

test("no doc comment is asked of what something else that is written names", () => {
  const inferred =
    "export interface A extends InferA<typeof a> {}\nexport type B = z.infer<typeof b>;\nexport type C = (typeof c)[number];\n";
  expect(undocumented(inferred)).toEqual(["3 C"]);
  const handlers = "export const GET = async (req: Req) => {};\nexport const Get = async (req: Req) => {};\n";
  expect(undocumented(handlers, "packages/commerce/src/api/admin/route.ts")).toEqual(["2 Get"]);
  expect(undocumented(handlers, "packages/commerce/src/flows/a.ts")).toEqual(["1 GET", "2 Get"]);
  expect(undocumented("export class Migration20261124 extends Migration {}", "packages/a/src/migrations/Migration20261124.ts")).toEqual([]);
  expect(undocumented("export class A {}", "packages/a/src/a.test.ts")).toEqual([]);
});

test("file sizes: too long, excused, and excused for nothing", () => {
  const files = [
    { file: "a.ts", lines: 501 },
    { file: "b.ts", lines: 501 },
    { file: "c.ts", lines: 500 },
  ];
  expect(sizeProblems(files, { "b.ts": "a table", "c.ts": "was long" })).toEqual([
    "a.ts has 501 lines; 500 are the limit. Split it, or give a reason in scripts/check/sizes.json.",
    "c.ts needs no exception in scripts/check/sizes.json.",
  ]);
});

test("the map names what is there", () => {
  const text = "`packages/data/src/{read,write}/` and `packages/*/src`, `tests/<name>`, `npm test`, `GET /packages`, `data/src/write`\n";
  expect(mapProblems(text, (path) => path !== "packages/data/src/write")).toEqual([
    "ARCHITECTURE.md names packages/data/src/write/, which is not there.",
    "ARCHITECTURE.md names packages/data/src/write, which is not there.",
  ]);
});

test("the map has a row for each folder, or for its whole package", () => {
  const text = "| `packages/data/src/read`, `write` | rows |\n| `packages/cli/src` | all |\n";
  const folders = ["data/src/read", "data/src/write", "data/src/sql", "cli/src/lint"].map((folder) => `packages/${folder}`);
  expect(mapProblems(text, () => true, folders)).toEqual(["ARCHITECTURE.md has no row for packages/data/src/sql."]);
});
