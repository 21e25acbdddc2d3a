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
    // Default values of what is no reference: in the functions of transform, when and steps, and of plain values.
    composed(`
      const t = transform({ input }, ({ input: { n = 3, list: [first = 1] = [] } }) => n + first);
      when({ input }, ({ input: { go = true } = {} }) => go).then(() => writeStep(t));
      const { size = 5 } = { size: 3 }; const { dry = false } = process.env; if (size > 2 && !dry) writeStep(input);`),
    `${imports}export const step = createStep("s", async ({ n = 3 }, { container }) => n ?? 0, async ({ id = "x" } = {}) => (id ? 1 : 2));`,
    // An object of the composer's own is one, whatever it holds, and so is what it holds beside references.
    composed(`const o = { n: input.n, fast: true, list: [input.a, 5] }; if (o && o.fast && o.list[1] > 3) writeStep({ ...o, id: o.n });`),
    composed(`const { n, fast = false } = { n: input.n, ...{ fast: true } }; if (fast) writeStep(n);`),
    // A function of the file that is not called with a reference by a composer, or does not decide by it.
    `function short(input) { return input.name ? input.name : "?"; }\n${composed(`writeStep(transform({ input }, ({ input }) => short(input)));`)}`,
    `function short(input) { return input.name ?? "?"; }\n${composed(`writeStep(transform(input, short)); when(input, short).then(() => writeStep(1));`)}`,
    `const many = (n) => (n > 3 ? "many" : "few");\n${composed(`if (many(5) === "many") writeStep({ input, name: many(2) });`)}`,
    `function both(input, again = false) { const found = readStep(input); if (again) writeStep(found); return { found, again }; }\n${composed(`const { found, again } = both(input); if (again) writeStep(found); both(input, true);`)}`,
    `function endless(x) { return endless({ x }); }\n${composed(`writeStep(endless(input));`)}`,
    composed(`const twice = (value, times = 2) => { if (times > 1) writeStep(value); }; twice(input); twice(input, 3);`),
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
    // A default value.
    { code: composed(`writeStep({ a, b });`, "{ a, b = 5 }"), errors: [error("fallback", "b")] },
    { code: composed(`writeStep({ c });`, "{ a: { c = 5 } = {} }"), errors: [error("fallback", "{ c = 5 }"), error("fallback", "c")] },
    { code: composed(`writeStep(input);`, "input = {}"), errors: [error("fallback", "input")] },
    invalid(`const { n = 3 } = input; writeStep(n);`, error("fallback", "n")),
    invalid(
      `const [first = 1] = readStep(input); let m; ({ m = 2 } = input); if (m) writeStep(first);`,
      ...[error("fallback", "first"), error("fallback", "m"), error("condition", "m")],
    ),
    // Out of an object or a list that it was put into.
    invalid(`const o = { n: input.n }; if (o.n) writeStep(o);`, error("condition", "o.n")),
    invalid(`const o = { deep: { list: [1, input.n] } }; if (o.deep["list"][1]) writeStep(o);`, error("condition", `o.deep["list"][1]`)),
    invalid(`const o = {}; o.n = readStep(input); const { n } = { ...o }; writeStep(o.n ?? n);`, error("fallback", "o.n")),
    invalid(`const { n = 3, k = 4 } = { n: input.n, k: 2 }; writeStep(n);`, error("fallback", "n")),
    // Into a function of the same file that the composer calls.
    {
      code: `function helper(input) { if (input.n) writeStep({}); }\n${composed(`helper(input); helper({ n: 1 }); helper({ n: input.n });`)}`,
      errors: [error("condition", "input.n")],
    },
    {
      code: `const helper = ({ n = 3 }, ...more) => (more[0] ? n : 1);\n${composed(`writeStep(helper(input, input.a));`)}`,
      errors: [error("fallback", "n"), error("condition", "more[0]")],
    },
    {
      code: `const outer = (value) => inner(value.list);\nfunction inner(list) { return list.length > 0; }\n${composed(`outer(input);`)}`,
      errors: [error("comparison", "list.length")],
    },
    {
      code: `const all = (input) => ({ found: readStep(input), dry: false });\n${composed(`const { found, dry } = all(input); if (found || dry) writeStep(found);`)}`,
      errors: [error("fallback", "found")],
    },
    invalid(`local(input.a); function local(a) { return a === 1; }`, error("comparison", "a")),
    invalid(
      `const local = (a) => { if (a) return readStep(a); return undefined; }; if (local(input.a)) writeStep(1);`,
      ...[error("condition", "a"), error("condition", "local(input.a)")],
    ),
    // In whatever lies inside the composer; a closure sees the reference, not the value.
    invalid(`when({ input }, ({ input }) => input.a).then(() => { if (input.b) writeStep(input); });`, error("condition", "input.b")),
    invalid(`const t = transform({}, () => input.a ?? 1);`, error("fallback", "input.a")),
    // However it is written.
    {
      code: composed(`if (items.length) writeStep(id);`, "{ items, id = 1 }"),
      errors: [error("fallback", "id"), error("condition", "items.length")],
    },
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
