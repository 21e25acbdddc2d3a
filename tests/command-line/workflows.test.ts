import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { velella } from "../support/command-line";
import { eventually, startApp } from "../support/running-app";
import type { RunningApp } from "../support/running-app";
import { scratchApp } from "../support/scratch-app";
import type { ScratchApp } from "../support/scratch-app";

const workflows = `
import { createHook, createStep, createWorkflow, parallelize, StepResponse, transform, when, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import { emitEventStep } from "@medusajs/medusa/core-flows";
import { existsSync } from "node:fs";

const note = createStep("note", async (text: string) => new StepResponse({ text }), async () => undefined);
const flaky = createStep({ name: "flaky", maxRetries: 2 }, async (_: void, { attempt }) => {
  if (attempt < 2) throw new Error("not yet");
  return new StepResponse(attempt);
});
const refuse = createStep({ name: "refuse", timeout: 5 }, async () => {
  throw new Error("Sold out.");
});
const mend = createStep("reserve", async () => new StepResponse("reserved"), async () => {
  if (!existsSync(process.env.MENDED_FILE!)) throw new Error("The stock system is away.");
});
const answer = createStep({ name: "answer", async: true }, async () => undefined);

export const pack = createWorkflow({ name: "pack", retentionTime: 600 }, (input: { text: string }) => {
  const [noted] = parallelize(note(input.text), flaky());
  when("long", { input }, ({ input }) => input.text.length > 100).then(() => {
    note("long").config({ name: "note-long" });
  });
  const packed = createHook("packed", { noted });
  emitEventStep({ eventName: "pack.done", data: { text: input.text }, options: { attempts: 1 } });
  return new WorkflowResponse(transform({ noted }, ({ noted }) => noted.text), { hooks: [packed] });
});
export const sell = createWorkflow({ name: "sell", retentionTime: 600 }, () => {
  mend();
  refuse();
});
export const wait = createWorkflow({ name: "wait", retentionTime: 600 }, () => {
  note("before");
  answer();
});
export const store = createWorkflow({ name: "store", retentionTime: 600 }, () => {
  pack.runAsStep({ input: { text: "nested" } });
  note("after");
});
`;
const route = `
import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import * as flows from "../../workflows/flows";

export const POST = async (req: MedusaRequest<{ name: string; id: string; text: string }>, res: MedusaResponse) => {
  const { name, id, text } = req.body;
  const { errors } = await (flows as any)[name](req.scope).run({ input: { text }, context: { transactionId: id }, throwOnError: false });
  res.json({ errors });
};
`;
const subscriber = `
import { existsSync } from "node:fs";

export default async function () {
  if (!existsSync(process.env.MENDED_FILE!)) throw new Error("The label printer is out of paper.");
}
export const config = { event: "pack.done" };
`;

let database: TestDatabase;
let scratch: ScratchApp;
let app: RunningApp;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  scratch = scratchApp({
    "medusa-config.ts": `import { defineConfig } from "@medusajs/framework/utils";\nmodule.exports = defineConfig({ admin: { disable: true } });\n`,
    "src/workflows/flows.ts": workflows,
    "src/workflows/hooks/label.ts": `import { pack } from "../flows";\npack.hooks.packed(() => undefined);\n`,
    "src/workflows/hooks/weigh.ts": `import { pack } from "../flows";\npack.hooks.packed(() => undefined);\n`,
    "src/api/run/route.ts": route,
    "src/subscribers/print-label.ts": subscriber,
  });
  env = { DATABASE_URL: database.url, MENDED_FILE: `${scratch.directory}/mended` };
  await succeed("db:migrate");
  app = await startApp({ directory: scratch.directory, env });
  for (const [name, id] of [
    ["pack", "P-1"],
    ["sell", "S-1"],
    ["wait", "W-1"],
    ["wait", "W-2"],
    ["pack", "both"],
    ["sell", "both"],
    ["sell", "twice"],
    ["sell", "twice"],
  ]) {
    await app.request("POST", "/run", { body: { name, id, text: "fragile" } });
  }
});
afterAll(async () => {
  await app?.stop();
  scratch?.remove();
  await database?.drop();
});

async function command(...args: string[]): Promise<{ code: number | null; output: string }> {
  return velella(args, { directory: scratch.directory, env });
}

async function succeed(...args: string[]): Promise<string> {
  const { code, output } = await command(...args);
  expect(code, output).toBe(0);
  return output;
}

/** The result of a command with `--json`: its last line, after what the boot has logged. */
async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse((await succeed(...args, "--json")).trim().split("\n").at(-1) ?? "") as T;
}

describe("workflows", () => {
  test("list shows what goes on and what is kept, the newest first, and filters", async () => {
    const lines = (await succeed("workflows", "list")).split("\n");
    expect(lines.find((line) => line.startsWith("STATE"))).toMatch(/^STATE +WORKFLOW +TRANSACTION +STEPS +BEGUN +LAST CHANGE$/);
    expect(lines.find((line) => line.includes("P-1"))).toMatch(/^done +pack +P-1 +4 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\d{4}/);
    expect(lines.find((line) => line.includes("S-1"))).toMatch(/^failed +sell +S-1/);
    expect(lines.find((line) => line.includes("W-1"))).toMatch(/^invoking +wait +W-1/);

    const listed = await json<{ workflow_id: string; transaction_id: string; state: string }[]>(
      "workflows",
      "list",
      "--state",
      "invoking",
      "--state",
      "failed",
    );
    expect(listed.map(({ transaction_id }) => transaction_id)).toEqual(["twice", "twice", "both", "W-2", "W-1", "S-1"]);
    expect(await json("workflows", "list", "--workflow", "wait", "--limit", "1")).toMatchObject([
      { workflow_id: "wait", transaction_id: "W-2" },
    ]);
    expect(await succeed("workflows", "list", "--state", "parked")).toContain("No run of a workflow goes on or is kept.");
  });

  test("show prints the timeline of a run", async () => {
    const output = await succeed("workflows", "show", "P-1");
    expect(output).toMatch(/^workflow +pack$/m);
    expect(output).toMatch(/^state +done$/m);
    expect(output).toMatch(/^begun +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, took [\d.]+ m?s$/m);
    expect(output).toMatch(/^input +18 B$/m);
    expect(output).toMatch(/^output +9 B$/m);
    expect(output).toMatch(/^AT +STEP +STATUS +ATTEMPT +TOOK +INPUT +OUTPUT +ERROR$/m);
    expect(output).toMatch(/^\+[\d.]+ m?s +note +done +1 +[\d.]+ m?s +9 B +18 B$/m);
    expect(output).toMatch(
      /^\+[\d.]+ m?s +flaky +tried again +1 +[\d.]+ m?s +- +- +not yet\n\+[\d.]+ m?s +flaky +done +2 +[\d.]+ m?s +- +1 B$/m,
    );
    expect(output).toMatch(/^COMPUTED +VALUE\nwhen#long +false$/m);
  });

  test("show tells what failed and what could not be undone", async () => {
    const output = await succeed("workflows", "show", "S-1");
    expect(output).toMatch(/^\+[\d.]+ m?s +undo reserve +failed +3 +[\d.]+ m?s +- +- +The stock system is away\.$/m);
    expect(output).toContain("refuse failed: Sold out.");
    expect(output).toContain("Undoing reserve failed: The stock system is away.");
    expect(await json("workflows", "show", "S-1")).toMatchObject({
      state: "failed",
      context: { errors: [{ action: "refuse" }, { action: "reserve" }] },
    });
  });

  test("a transaction id of several workflows needs the workflow's name; an unknown one is refused", async () => {
    const { code, output } = await command("workflows", "show", "both");
    expect(code).toBe(1);
    expect(output).toMatch(/names runs of several workflows: sell, pack\./);
    expect(output).toContain("--workflow sell");
    expect(await succeed("workflows", "show", "both", "--workflow", "pack")).toMatch(/^state +done$/m);
    const none = await command("workflows", "show", "X-1");
    expect(none.code).toBe(1);
    expect(none.output).toContain('has the id or the transaction id "X-1"');
    expect(none.output).toContain("retentionTime");
  });

  test("cancel undoes a run that waits, also by its own id", async () => {
    expect(await succeed("workflows", "cancel", "W-1")).toContain('Workflow "wait", transaction "W-1", is undone.');
    const [run] = await json<{ id: string }[]>("workflows", "list", "--workflow", "wait", "--state", "invoking");
    expect(await json("workflows", "cancel", run!.id)).toMatchObject({ transaction_id: "W-2", state: "reverted" });
    expect((await command("workflows", "cancel", "W-1")).code).toBe(1);
  });

  test("explain prints the plan", async () => {
    const output = await succeed("workflows", "explain", "pack");
    expect(output).toMatch(/^workflow pack \(src\/workflows\/flows\.ts\): kept 600 s, journalled$/m);
    const plan = output.slice(output.indexOf("\n", output.indexOf("workflow pack")) + 1).trimEnd();
    expect(plan.split("\n")).toEqual([
      "  at the same time",
      "    step note: plain, undone on failure",
      "    step flaky: plain, 2 retries",
      "  when long",
      "    step note-long: plain, runs note, undone on failure",
      "  hook packed: 2 handlers (src/workflows/hooks/label.ts, src/workflows/hooks/weigh.ts)",
      "  step emit-event-step: pure, emits events",
    ]);
    expect(await succeed("workflows", "explain", "sell")).toContain("  step refuse: plain, timeout 5 s");
    expect(await succeed("workflows", "explain", "store")).toContain("  workflow pack\n    at the same time\n");
    expect(await json("workflows", "explain", "wait")).toMatchObject({
      id: "wait",
      nodes: [{ name: "note" }, { name: "answer", facts: ["plain", "async"] }],
    });
    const unknown = await command("workflows", "explain", "pakc");
    expect(unknown.code).toBe(1);
    expect(unknown.output).toContain('No workflow of this app is called "pakc".');
    expect(unknown.output).toContain('Did you mean "pack"?');
  });

  test("hooks are listed with the files that handle them", async () => {
    const handlers = "src/workflows/hooks/label.ts, src/workflows/hooks/weigh.ts";
    const lines = (await succeed("hooks")).split("\n");
    expect(lines.find((line) => line.startsWith("pack "))).toMatch(new RegExp(`^pack +packed +${handlers}$`));
    expect(lines.find((line) => line.startsWith("create-products"))).toMatch(/^create-products +productsCreated +-$/);
    const handled = (await succeed("hooks", "--handled")).trimEnd().split("\n").slice(-2);
    expect(handled).toEqual([expect.stringMatching(/^WORKFLOW +HOOK +HANDLED BY$/), expect.stringMatching(/^pack +packed +src/)]);
    expect(await json("hooks", "pack")).toEqual([
      {
        workflow: "pack",
        hook: "packed",
        handlers: ["label.ts", "weigh.ts"].map((name) => `${scratch.directory}/src/workflows/hooks/${name}`),
      },
    ]);
    expect((await command("hooks", "pakc")).output).toContain('Did you mean "pack"?');
  });
});

test("what is dead is listed, and delivered again once its cause is mended; what could not be undone goes on from there", async () => {
  await eventually(async () => (await json<unknown[]>("events", "list", "--dead")).length === 2, "both deliveries were given up");
  const output = await succeed("events", "list", "--name", "pack.done", "--dead");
  expect(output).toMatch(
    /^evt_\w+ +pack\.done +\d{4}-\S+ \S+ +18 B +print-label dead after 1 attempt: Error: The label printer is out of paper\.$/m,
  );

  scratch.write("mended", "");
  const dead = await json<{ id: string }[]>("events", "list", "--dead");
  expect(await succeed("events", "replay", ...dead.map(({ id }) => id))).toContain("2 events will be delivered again");
  await eventually(async () => (await json<unknown[]>("events", "list", "--dead")).length === 0, "they are delivered");
  expect(await succeed("events", "list", "--dead")).toContain("Every subscriber got its events.");
  expect((await command("events", "replay", "evt_none")).output).toContain('no event that was delivered with the id "evt_none"');

  expect(await succeed("workflows", "retry", "S-1")).toContain('Workflow "sell", transaction "S-1", goes on');
  await eventually(async () => (await succeed("workflows", "show", "S-1")).match(/^state +reverted$/m) !== null, "the rest is undone");
  expect((await command("workflows", "retry", "S-1")).code).toBe(1);
});

test("of runs that share a transaction id, the one that is named by its own id is set going again", async () => {
  const failed = () => json<{ id: string; transaction_id: string }[]>("workflows", "list", "--workflow", "sell", "--state", "failed");
  const [second, first] = (await failed()).filter(({ transaction_id }) => transaction_id === "twice").map(({ id }) => id);
  const both = await command("workflows", "retry", "twice");
  expect(both.code).toBe(1);
  expect(both.output).toContain(`has 2 parked or failed runs with transaction id "twice": ${second}, ${first}.`);
  expect(await succeed("workflows", "retry", first!)).toContain('Workflow "sell", transaction "twice", goes on');
  await eventually(async () => (await succeed("workflows", "show", first!)).match(/^state +reverted$/m) !== null, "it is undone");
  expect(await succeed("workflows", "show", second!)).toMatch(/^state +failed$/m);
});

test("cancel says what it has done when no app runs", async () => {
  await app.request("POST", "/run", { body: { name: "wait", id: "W-3" } });
  await app.stop();
  expect(await succeed("workflows", "cancel", "W-3")).toContain("is to be undone: the app does it as soon as it runs");
  app = await startApp({ directory: scratch.directory, env });
  await eventually(async () => (await succeed("workflows", "show", "W-3")).match(/^state +reverted$/m) !== null, "it is undone");
});
