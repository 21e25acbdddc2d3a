import type { Node } from "./ast";
import { findLogicOnReferences } from "./find-logic";
import type { LogicKind } from "./messages";
import { logicMessages } from "./messages";

/** What the rule needs of ESLint, which is the same in oxlint; neither has to be installed for this package. */
export interface RuleContext {
  /** Of a language of its own for ESLint; for JavaScript and TypeScript it gives the text of nodes. */
  readonly sourceCode: unknown;
  report(problem: { node: never; messageId: LogicKind; data: Record<string, string> }): void;
}

/**
 * No conditions, comparisons and computations on values that a composer only has references to: `if`, `?:`, `&&`, `||`,
 * `??`, `===`, `switch`, templates, arithmetic. Most of them go wrong without an error when the workflow is composed.
 */
export const noLogicOnReferences = {
  meta: {
    type: "problem",
    docs: {
      description: "Disallow logic on references in the composer of a workflow",
      recommended: true,
    },
    messages: logicMessages as Record<LogicKind, string>,
    schema: [],
  },
  create(context: RuleContext) {
    const source = context.sourceCode as { getText(node: unknown): string };
    return {
      Program(program: unknown) {
        for (const { kind, node } of findLogicOnReferences(program as Node)) {
          context.report({ node: node as never, messageId: kind, data: { reference: source.getText(node) } });
        }
      },
    };
  },
} as const;
