import { RuleTester } from "eslint";
import { describe, test } from "vitest";
import { rules } from "./index";

RuleTester.describe = describe;
RuleTester.it = test;

const imports = `import { createHook, createStep, createWorkflow, parallelize, transform, when, WorkflowResponse } from "@velella/workflows";
import { readStep, writeStep } from "./steps";
import { otherWorkflow } from "./other";
const count = createStep("count", async (input) => (input.items ? input.items.length : 0));
`;
const composed = (body: string, parameters = "input") =>
  `${imports}export const flow = createWorkflow("flow", (${parameters}) => {\n${body}\n});`;
const error = (messageId: string, reference: string) => ({ messageId, data: { reference } });
const invalid = (body: string, ...errors: { messageId: string; data: { reference: string } }[]) => ({ code: composed(body), errors });

new RuleTester().run("no-logic-on-references", rules["no-logic-on-references"] as never, {
  valid: [
    // What the composer is for.
    composed(`
      const found = readStep({ id: input.id });
      const names = transform({ input, found }, ({ input, found }) => (input.all && found ? found.map(({ name }) => name + "!") : [\`\${input.id}\`]));
      const [a, b] = parallelize(writeStep(names).config({ name: "a" }), writeStep(found));
      const written = when("many", { names }, ({ names }) => names.length > 1 && names[0] !== "x").then(() => otherWorkflow.runAsStep({ input: { a, b } }));
      const hook = createHook("written", { written });
      return new WorkflowResponse({ written, seen: hook.getResult() }, { hooks: [hook] });`),
    // Decisions on what is known when the file is loaded.
    composed(`const found = process.env.DRY_RUN === "1" || !globalThis.fast ? readStep(input) : writeStep(input);`),
    composed(`const retries = 3; const options = { name: \`write-\${retries + 1}\` }; if (retries > 2) writeStep(input).config(options);`),
    // A parameter of the same name is the value itself.
    composed(
      `const x = transform({ input }, ({ input }) => { const given = input; if (given.a ?? given.b) return given.a === 1 ? 2 : 3; return typeof input; });`,
    ),
    composed(`{ const input = 1; if (input) writeStep({}); }`),
    // Steps and other functions compute as they like.
    `${imports}export const step = createStep("s", async (input) => (input.a ? \`\${input.a}\` : input.b ?? 0));`,
    `function createSomething(id, run) {} createSomething("flow", (input) => { if (input) run(); });`,
    // A destructured reference is read, not decided on.
    composed(`const { data: found } = readStep(input); writeStep({ found: found.items, id: input?.id });`),
  ],
  invalid: [
    invalid(`if (input.fast) writeStep(input);`, error("condition", "input.fast")),
    invalid(`const found = readStep(input); writeStep(found.ok ? 1 : 2);`, error("condition", "found.ok")),
    invalid(`const x = input.a && writeStep(input);`, error("condition", "input.a")),
    invalid(`if (process.env.X && input.a) writeStep(input);`, error("condition", "input.a")),
    invalid(`if (!input.items) writeStep(input);`, error("condition", "input.items")),
    invalid(`while (input.more) writeStep(input);`, error("condition", "input.more")),
    invalid(`const name = input.name || "none";`, error("fallback", "input.name")),
    invalid(`writeStep({ name: (input.a.b ?? input.c) ?? "none" });`, error("fallback", "input.a.b"), error("fallback", "input.c")),
    invalid(`let name = readStep(input); name ??= "none";`, error("fallback", "name")),
    invalid(`const same = input.a === input.b;`, error("comparison", "input.a"), error("comparison", "input.b")),
    invalid(`const many = readStep(input).count > 1;`, error("comparison", "readStep(input).count")),
    invalid(`switch (input.kind) { case "a": writeStep(input); }`, error("comparison", "input.kind")),
    invalid("writeStep({ text: `Hello ${input.name}` });", error("computation", "input.name")),
    invalid(`writeStep({ text: "Hello " + input.name });`, error("computation", "input.name")),
    invalid(`let sum = 0; sum += input.amount;`, error("computation", "input.amount")),
    invalid(
      `writeStep({ sure: Boolean(input.name), text: JSON.stringify(input) });`,
      error("computation", "input.name"),
      error("computation", "input"),
    ),
    invalid(`const kind = typeof input.a;`, error("computation", "input.a")),
    invalid(`for (const item of input.items) writeStep(item);`, error("iteration", "input.items")),
    invalid(`writeStep({ ...input, more: [...readStep(input)] });`, error("iteration", "input"), error("iteration", "readStep(input)")),
    invalid(`writeStep(input.items.map((item) => item.id));`, error("method", "input.items.map")),
    // Wherever the reference comes from.
    invalid(`const n = count(input); if (n) writeStep(n);`, error("condition", "n")),
    invalid(
      `const [a, { b, ...rest }] = parallelize(readStep(input), writeStep(input)); if (a || b) writeStep(rest ? 1 : 2);`,
      error("fallback", "a"),
      error("condition", "b"),
      error("condition", "rest"),
    ),
    invalid(`const done = otherWorkflow.runAsStep({ input }); if (done.id) writeStep(done);`, error("condition", "done.id")),
    invalid(`const x = when({ input }, ({ input }) => input.a).then(() => readStep(input)); const y = x ?? 1;`, error("fallback", "x")),
    invalid(`const t = transform({ input }, ({ input }) => input.a); if (t) writeStep(t);`, error("condition", "t")),
    invalid(`const linked = linkAll({ from: input.id }); if (linked) writeStep(linked);`, error("condition", "linked")),
    invalid(`const hook = createHook("h", { input }); const r = hook.getResult(); if (r) writeStep(r);`, error("condition", "r")),
    invalid(`let x; x = readStep(input); if (x) writeStep(x);`, error("condition", "x")),
    // In whatever lies inside the composer; a closure sees the reference, not the value.
    invalid(`when({ input }, ({ input }) => input.a).then(() => { if (input.b) writeStep(input); });`, error("condition", "input.b")),
    invalid(`const t = transform({}, () => input.a ?? 1);`, error("fallback", "input.a")),
    // However it is written.
    { code: composed(`if (items.length) writeStep(id);`, "{ items, id = 1 }"), errors: [error("condition", "items.length")] },
    {
      code: `import { createWorkflow as define } from "x"; define("flow", function (input) { return input.a ? 1 : 2; });`,
      errors: [error("condition", "input.a")],
    },
    {
      code: `import * as sdk from "x"; sdk.createWorkflow({ name: "flow" }, (input) => input.a ? 1 : 2);`,
      errors: [error("condition", "input.a")],
    },
    {
      code: `const { createWorkflow } = require("x"); const compose = (input) => { if (input) return 1; }; createWorkflow("flow", compose);`,
      errors: [error("condition", "input")],
    },
    {
      code: `createWorkflow("flow", compose); export function compose(input) { if (input) return 1; }`,
      errors: [error("condition", "input")],
    },
  ],
});
