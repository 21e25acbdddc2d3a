import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { velella } from "../support/command-line";
import { scratchApp } from "../support/scratch-app";
import type { ScratchApp } from "../support/scratch-app";

const root = join(__dirname, "..", "..");
const greet = `
import { createWorkflow, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import { sayStep } from "./steps/say";

export const greet = createWorkflow("greet", (input: { name?: string }) => {
  const said = sayStep({ text: input.name ?? "you" });
  if (said.loud) sayStep({ text: "!" }).config({ name: "say-again" });
  return new WorkflowResponse(said);
});
`;

let app: ScratchApp;
beforeAll(() => {
  app = scratchApp({
    "src/workflows/greet.ts": greet,
    "src/workflows/steps/say.ts": `import { createStep } from "@medusajs/framework/workflows-sdk";\nexport const sayStep = createStep("say", async (input: { text: string }) => ({ loud: input.text === "HO" }));\n`,
    "src/api/greet/route.ts": "export const GET = async (req: any, res: any) => res.json(req.query.a ? 1 : 2);\n",
  });
});
afterAll(() => app?.remove());

const lint = (...args: string[]) => velella(["lint", ...args], { directory: app.directory });

test("lint tells every place, its rule, and ends with 1", async () => {
  const { code, output } = await lint();
  expect(code).toBe(1);
  expect(output).toMatch(/^src\/workflows\/greet\.ts:6:32 "input\.name" stands for .* \(no-logic-on-references\)$/m);
  expect(output).toMatch(/^src\/workflows\/greet\.ts:7:7 "said\.loud" stands for .*when\(.* \(no-logic-on-references\)$/m);
  expect(output).toContain("2 places are to be mended.");
});

test("lint takes files and folders, and prints JSON", async () => {
  expect(await lint("src/workflows/steps", "src/api/greet/route.ts")).toMatchObject({
    code: 0,
    output: "Looked at 2 files: nothing is wrong.\n",
  });
  const { code, output } = await lint("src/workflows/greet.ts", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(output.split("\n", 1)[0] ?? "")).toMatchObject([
    { file: "src/workflows/greet.ts", line: 6, column: 32 },
    { file: "src/workflows/greet.ts", line: 7, column: 7 },
  ]);
  const missing = await lint("src/workflow");
  expect(missing.code).toBe(1);
  expect(missing.output).toContain("There is no file or folder src/workflow in");
});

test("oxlint runs the same rule as a plugin", async () => {
  const config = {
    jsPlugins: [join(root, "packages", "eslint-plugin", "dist", "index.js")],
    rules: { "@velella/no-logic-on-references": "error" },
  };
  app.write(".oxlintrc.json", JSON.stringify(config));
  const run = promisify(execFile)(process.execPath, [join(root, "node_modules", "oxlint", "bin", "oxlint"), "--format", "unix", "src"], {
    cwd: app.directory,
  });
  const { stdout, code } = await run.then(
    (done) => ({ ...done, code: 0 }),
    (error: { stdout: string; code: number }) => error,
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/greet\.ts:6:32: "input\.name" stands for/);
  expect(stdout).toMatch(/greet\.ts:7:7: "said\.loud" stands for/);
});
