/** What is done with a reference. */
export type LogicKind = "condition" | "comparison" | "fallback" | "computation" | "iteration" | "method";

const what = `"{{reference}}" stands for a value that is not there yet: the composer runs once, before any input.`;

/** What a person is told; `{{reference}}` is the reference as it stands in the source. */
export const logicMessages: Readonly<Record<LogicKind, string>> = {
  condition: `${what} As a condition it is always true. Decide with when({ … }, ({ … }) => …).then(() => …), or inside transform.`,
  comparison: `${what} Nothing can be learned by comparing it. Compare inside transform or the condition of when.`,
  fallback: `${what} It is never empty here, so what follows is never used. Write transform({ … }, ({ … }) => … ?? …).`,
  computation: `${what} It cannot be computed with or turned into a text. Do that inside transform.`,
  iteration: `${what} Its items and keys are not known. Go through them inside transform, or inside a step.`,
  method: `${what} It has no methods. Call them inside transform.`,
};

/** The message for a finding, with the reference in it. */
export function logicMessage(kind: LogicKind, reference: string): string {
  return logicMessages[kind].replace("{{reference}}", () => reference);
}
