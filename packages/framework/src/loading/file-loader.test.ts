import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AppError, createAppRegistries, loadingScope } from "@velella/kernel";
import type { Registries, Registry, RegistryKind } from "@velella/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFileLoader } from "./file-loader";
import type { FileLoader, FileLoaderOptions } from "./file-loader";

class Names implements Registry {
  readonly byFile = new Map<string, string[]>();
  add(file: string, name: string) {
    this.byFile.set(file, [...(this.byFile.get(file) ?? []), name]);
  }
  forget(file: string) {
    this.byFile.delete(file);
  }
}
const kind: RegistryKind<Names> = { name: "loading-test", create: () => new Names() };

let directory: string;
let registries: Registries;
let loader: FileLoader | undefined;

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "velella-loading-")));
  registries = createAppRegistries();
  (globalThis as Record<string, unknown>).define = (name: string) => {
    const scope = loadingScope();
    scope.registries.get(kind).add(scope.file, name);
  };
});
afterEach(() => {
  loader?.close();
  loader = undefined;
  rmSync(directory, { recursive: true });
});

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
}

function start(options: Partial<FileLoaderOptions> = {}): FileLoader {
  loader?.close();
  return (loader = createFileLoader({ directory, registries, ...options }));
}

function failureOf(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new TypeError("nothing was thrown");
}

test("loads TypeScript with decorators, their metadata, and every kind of extension", () => {
  write({
    "a.ts": `import { b } from "./b"; import c from "./c.js"; import { d } from "./d.cjs";
      const tag = (...args: any[]) => undefined as any;
      class Base { kept = "kept" }
      export class Service extends Base { declare other: string; kept: string; @tag list(@tag id: string): number { return 1 } }
      export const all = [b, c, d, new Service().kept];`,
    "b.mts": `export const b: string = "b"`,
    "c.tsx": `export default "c"`,
    "d.cts": `export const d = "d" as const`,
  });
  write({ "c.ts": `export default "c"` });
  expect(start().load(join(directory, "a.ts"))).toMatchObject({ all: ["b", "c", "d", "kept"] });
});

test("keeps definitions under the file that makes them, also when another file requires it", () => {
  write({
    "src/workflows/outer.ts": `import "./inner"; import "library"; define("outer");`,
    "src/workflows/inner.ts": `define("inner"); export {};`,
    "node_modules/library/index.js": `define("of a library");`,
  });
  start().load(join(directory, "src/workflows/outer.ts"));
  expect([...registries.get(kind).byFile]).toEqual([
    [join(directory, "src/workflows/inner.ts"), ["inner"]],
    [join(directory, "src/workflows/outer.ts"), ["outer"]],
  ]);
});

test("a compile error names file, line and column and shows the code", () => {
  write({ "velella.config.ts": `const a = 1;\nmodule.exports = {\n  a: 1\n  b: 2,\n};\n` });
  const file = join(directory, "velella.config.ts");
  const error = failureOf(() => start().load(file));
  expect(error.reason).toBe("loading.compile_failed");
  expect(error.message).toBe(
    `${file}:4:3 does not compile: Expected ',', got 'ident'\n\n` +
      ["  2 | module.exports = {", "  3 |   a: 1", "> 4 |   b: 2,", "    |   ^", "  5 | };", "  6 |"].join("\n"),
  );
});

test("an error while a file runs names the file, and the line of the source it came from", () => {
  write({
    "src/api/[id]/route.ts": `import { type Missing } from "../../lib/types";\nimport { broken } from "../../lib/broken";\nexport const GET = broken({} as Missing);\n`,
    "src/lib/broken.ts": `interface Input { a?: { b: string } }\n\nexport function broken(input: Input) {\n  return input.a!.b;\n}\n`,
    "src/lib/types.ts": `export interface Missing {}`,
  });
  const file = join(directory, "src/api/[id]/route.ts");
  const error = failureOf(() => start().load(file));
  expect(error.reason).toBe("loading.load_failed");
  expect(error.message).toContain(
    `${file} could not be loaded: TypeError: Cannot read properties of undefined (reading 'b') (${join(directory, "src/lib/broken.ts")}:4:`,
  );
  expect(error.message).toContain("> 4 |   return input.a!.b;");
  expect(error.cause).toBeInstanceOf(TypeError);
});

test("an import of what is not there names the importer and what to do", () => {
  write({
    "src/links/a.ts": `import { b } from "../b";\nb();`,
    "src/b.ts": `import "not-installed/deep";\nexport const b = () => undefined;`,
  });
  const error = failureOf(() => start().load(join(directory, "src/links/a.ts")));
  expect(error.reason).toBe("loading.module_not_found");
  expect(error.message).toContain(`${join(directory, "src/b.ts")}:1:`);
  expect(error.message).toContain(`imports "not-installed/deep", which is not there.`);
  expect(error.hint).toBe("Install it (npm install not-installed), or correct the name.");
});

test("coded errors of a file pass as they are", () => {
  write({ "a.js": `throw Object.assign(new Error("mine"), { __isMedusaError: true })` });
  expect(() => start().load(join(directory, "a.js"))).toThrow(/^mine$/);
});

test("purge forgets a file, what imports it and what they defined; the rest stays loaded", () => {
  const [leaf, middle, other] = ["leaf.ts", "middle.ts", "other.ts"].map((name) => join(directory, "src", name)) as [
    string,
    string,
    string,
  ];
  write({
    "src/leaf.ts": `define("leaf"); export const value = 1;`,
    "src/middle.ts": `import { value } from "./leaf"; define("middle"); export const doubled = value * 2;`,
    "src/other.ts": `define("other"); export const loadedAt = {};`,
  });
  const files = start();
  const before = files.load<{ loadedAt: object }>(other);
  expect(files.load(middle)).toMatchObject({ doubled: 2 });

  write({ "src/leaf.ts": `define("leaf again"); export const value = 21;` });
  expect(files.purge([leaf]).sort()).toEqual([leaf, middle]);
  expect([...registries.get(kind).byFile.keys()]).toEqual([other]);
  expect(files.load(middle)).toMatchObject({ doubled: 42 });
  expect(registries.get(kind).byFile.get(leaf)).toEqual(["leaf again"]);
  expect(files.load<{ loadedAt: object }>(other).loadedAt).toBe(before.loadedAt);
  expect(
    Object.values(require.cache)
      .flatMap((module) => module?.children ?? [])
      .filter((child) => child.filename === leaf),
  ).toHaveLength(1);
});

test("a file that fails leaves no definition behind", () => {
  write({ "src/a.ts": `define("half"); throw new Error("no");` });
  const files = start();
  expect(() => files.load(join(directory, "src/a.ts"))).toThrow("no");
  expect([...registries.get(kind).byFile.keys()]).toEqual([]);
});

test("packages that Node does not find come from the fallback", () => {
  write({ "src/a.ts": `import { x } from "@velella/nowhere/deep"; export { x };`, "elsewhere.js": `exports.x = 7;` });
  const asked: string[] = [];
  const resolveFallback = (request: string) => (
    asked.push(request),
    request.startsWith("@velella/") ? join(directory, "elsewhere.js") : undefined
  );
  expect(start({ resolveFallback }).load(join(directory, "src/a.ts"))).toMatchObject({ x: 7 });
  expect(asked).toEqual(["@velella/nowhere/deep"]);
});

test("a fallback that looks with require.resolve itself does not go round in circles", () => {
  write({ "src/a.ts": `import "@velella/nowhere";` });
  const resolveFallback = (request: string) => {
    try {
      return require.resolve(request);
    } catch {
      return undefined;
    }
  };
  expect(failureOf(() => start({ resolveFallback }).load(join(directory, "src/a.ts"))).reason).toBe("loading.module_not_found");
});

test("a second app in the process loads the files anew, and keeps what they define", () => {
  write({ "src/a.ts": `define("a"); export {};` });
  start().load(join(directory, "src/a.ts"));
  const first = registries;
  registries = createAppRegistries();
  start().load(join(directory, "src/a.ts"));
  expect(registries.get(kind).byFile.size).toBe(1);
  expect(first.get(kind).byFile.size).toBe(1);
});

test("compiled code comes from the cache until the source changes", () => {
  const file = join(directory, "src/a.ts");
  const pack = join(directory, ".velella/cache/compiled.pack");
  write({ "src/a.ts": `export const a: number = 1;` });
  expect(start().load(file)).toEqual({ a: 1 });
  start(); // closing the first one has written the pack
  writeFileSync(pack, readFileSync(pack, "utf8").replace("a = 1", "a = 5"));
  expect(start().load(file)).toEqual({ a: 5 });
  write({ "src/a.ts": `export const a: number = 2;` });
  expect(start().load(file)).toEqual({ a: 2 });
});

test("a damaged cache is no obstacle", () => {
  write({ "src/a.ts": `export const a: number = 1;`, ".velella/cache/compiled.pack": "not a pack" });
  expect(start().load(join(directory, "src/a.ts"))).toEqual({ a: 1 });
});

test("loadNamed finds a path relative to the app or a package, and gives undefined otherwise", () => {
  write({ "src/modules/blog/index.ts": `export default "blog"`, "node_modules/brand/index.js": `exports.default = "brand"` });
  const files = start();
  expect(files.loadNamed("./src/modules/blog")).toEqual({
    exports: { default: "blog" },
    file: join(directory, "src/modules/blog/index.ts"),
  });
  expect(files.loadNamed("brand")?.exports).toEqual({ default: "brand" });
  expect(files.loadNamed("./src/modules/blag")).toBeUndefined();
});
