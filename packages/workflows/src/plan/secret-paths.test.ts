import { expect, test } from "vitest";
import { createStep, createWorkflow, parallelize, StepResponse, transform, when, WorkflowResponse } from "../index";
import type { WorkflowPlan } from "../index";
import { masked, withoutParts, withoutTexts, withParts, secretTexts } from "./secret-parts";
import { secretPaths } from "./secret-paths";

interface Card {
  number: string;
  name: string;
}
const charge = createStep(
  { name: "charge", secret: { input: ["card.number"], output: ["token"] } },
  async ({ card }: { card: Card }) => new StepResponse({ token: card.number, id: "1" }),
);
const plain = createStep("plain", async (input: unknown) => input);
let n = 0;
function pathsIn(compose: (input: { card: Card; order: { id: string } }) => unknown) {
  const workflow = createWorkflow(`secret-${++n}`, (input: { card: Card; order: { id: string } }) => new WorkflowResponse(compose(input)));
  const { input, result, values } = secretPaths((workflow as unknown as { plan: WorkflowPlan }).plan) ?? {};
  return { input, result, values: Object.fromEntries(values ?? []) };
}

test("nothing is secret where no step says so", () => {
  expect(pathsIn((input) => plain(input))).toStrictEqual({ input: undefined, result: undefined, values: {} });
});

test("back to the input of the workflow, and onward to its result", () => {
  expect(
    pathsIn((input) => {
      const payment = charge({ card: input.card });
      return { payment, again: payment.token, id: payment.id, number: input.card.number, name: input.card.name };
    }),
  ).toStrictEqual({ input: [["card", "number"]], result: [["payment", "token"], ["again"], ["number"]], values: { charge: [["token"]] } });
});

test("through transforms, whose values are secret whole, and what they read", () => {
  const found = pathsIn((input) => {
    const card = transform({ input }, ({ input: { card: given } }) => given);
    const payment = charge({ card });
    const text = transform({ payment }, ({ payment: { token } }) => `token ${token}`);
    plain({ text });
    return transform({ id: payment.id }, ({ id }) => id);
  });
  expect(found.input).toStrictEqual([[]]);
  expect(found.result).toStrictEqual([]);
  expect(Object.values(found.values).toSorted((a, b) => (a[0]?.length ?? 0) - (b[0]?.length ?? 0))).toStrictEqual([
    [[]],
    [[]],
    [["token"]],
  ]);
});

test("from the output of the step that the secret comes from", () => {
  const load = createStep("load", async () => ({ card: { number: "1", name: "n" } }));
  expect(pathsIn(() => charge({ card: load().card })).values).toStrictEqual({ load: [["card", "number"]], charge: [["token"]] });
});

test("through conditions, parallel groups and nested workflows", () => {
  const inner = createWorkflow("secret-inner", (input: { of: Card }) => {
    const [payment] = parallelize(charge({ card: input.of }), plain(1));
    return new WorkflowResponse({ payment });
  });
  expect(
    pathsIn((input) => {
      const result = when({ input }, () => true).then(() => inner.runAsStep({ input: { of: input.card } }));
      return { result };
    }),
  ).toStrictEqual({
    input: [["card", "number"]],
    result: [["result", "payment", "token"]],
    values: { "secret-inner-as-step/charge": [["token"]] },
  });
});

test("parts are taken out and put back", () => {
  const value = { a: [{ code: "x", n: 1 }, { code: null }, { n: 2 }], b: "all", c: 1 };
  const { visible, parts } = withoutParts(value, [["a", "*", "code"], ["b"], ["missing", "path"]]);
  expect(visible).toStrictEqual({ a: [{ code: "[secret]", n: 1 }, { code: "[secret]" }, { n: 2 }], b: "[secret]", c: 1 });
  expect(withParts(structuredClone(visible), parts)).toStrictEqual(value);
  expect(withParts(masked(value, [[]]), withoutParts(value, [[]]).parts)).toStrictEqual(value);
  expect(secretTexts(value, [["b"], ["c"]])).toStrictEqual(["all"]);
  expect(withoutTexts({ message: "it was all of it", n: 5 }, ["all"])).toStrictEqual({ message: "it was [secret] of it", n: 5 });
});
