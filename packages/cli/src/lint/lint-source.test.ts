import { expect, test } from "vitest";
import { lintSource } from "./lint-source";

const source = (body: string) => `import { createWorkflow } from "@velella/workflows";
import { writeStep } from "./steps";

interface Input { name?: string; amount: number }

export const flow = createWorkflow("flow", (input: Input) => {
${body}
});
`;

test("TypeScript is read as it is written, and places are told by line and column", async () => {
  const problems = await lintSource(
    "flow.ts",
    source(
      "  const é = 1;\n  writeStep({ text: (input as Input)!.name ?? <string>'none' });\n  if (input!.amount satisfies number) writeStep(input);",
    ),
  );
  expect(problems).toMatchObject([
    {
      line: 8,
      column: 21,
      rule: "no-logic-on-references",
      message: expect.stringMatching(/^"\(input as Input\)!\.name" stands for a value that is not there yet/),
    },
    { line: 9, column: 7, message: expect.stringMatching(/^"input!\.amount" .* always true/) },
  ]);
});

test("decorators, enums and generics elsewhere in the file do not disturb", async () => {
  const text = `enum Kind { A = "a" }\n@sealed class Service<T extends Kind> { constructor(@inject() private readonly kind: T) {} }\n${source("  writeStep(input);")}`;
  expect(await lintSource("flow.ts", text)).toEqual([]);
});

test("a comment excuses a line, or the one after it, also with a reason", async () => {
  const bad = "if (input.name) writeStep(input);";
  for (const [body, problems] of [
    [`// eslint-disable-next-line @velella/no-logic-on-references -- known at boot\n${bad}`, 0],
    [`// oxlint-disable-next-line\n${bad}`, 0],
    [`${bad} // eslint-disable-line @velella/no-logic-on-references`, 0],
    [`// eslint-disable-next-line no-console\n${bad}`, 1],
    [`// eslint-disable-next-line @velella/no-logic-on-references\n\n${bad}`, 1],
  ] as const) {
    expect(await lintSource("flow.ts", source(body)), body).toHaveLength(problems);
  }
});

test("a file that does not parse is a problem at its place", async () => {
  expect(await lintSource("flow.ts", source("  writeStep(;"))).toMatchObject([{ line: 7, column: 13, rule: "syntax" }]);
});
