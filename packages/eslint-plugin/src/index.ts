/** An ESLint plugin, which oxlint runs as well, and the search that it is made of. */
import { noLogicOnReferences } from "./no-logic-on-references";

export { findLogicOnReferences } from "./find-logic";
export type { LogicFinding } from "./find-logic";
export type { Node as SyntaxNode } from "./ast";
export { logicMessage } from "./messages";
export type { LogicKind } from "./messages";

/** Names the plugin to ESLint and oxlint. */
export const meta = { name: "@velella" } as const;

/** The rules by name. */
export const rules = { "no-logic-on-references": noLogicOnReferences } as const;

/** `recommended`: all rules, as an entry of a flat config. */
export const configs = {
  recommended: {
    name: "@velella/recommended",
    plugins: { "@velella": { meta, rules } },
    rules: { "@velella/no-logic-on-references": "error" },
  },
} as const;
