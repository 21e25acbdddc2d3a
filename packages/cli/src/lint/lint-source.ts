import { findLogicOnReferences, logicMessage } from "@velella/eslint-plugin";
import type { SyntaxNode } from "@velella/eslint-plugin";
import { placeIn } from "./place";

/** Something that is wrong at a place of a source. */
export interface LintProblem {
  /** 1 for the first. */
  line: number;
  column: number;
  rule: "no-logic-on-references" | "syntax";
  message: string;
}

/** The one call that is looked at: a file without it needs no parsing. */
const relevant = /createWorkflow/;

/** Finds what is wrong in the workflows of a source; what its comments excuse is left out. */
export async function lintSource(file: string, text: string): Promise<LintProblem[]> {
  if (!relevant.test(text)) return [];
  // An ES module, and needed by this command only.
  const { parseSync } = await import("oxc-parser");
  const { program, comments, errors } = parseSync(file, text);
  const place = placeIn(text);
  if (errors.length > 0) {
    return errors.map(({ message, labels }) => ({ ...place(labels[0]?.start ?? 0), rule: "syntax", message }));
  }
  const excused = excusedLines(comments, place);
  return findLogicOnReferences(program as unknown as SyntaxNode)
    .map(({ kind, node }): LintProblem => {
      const reference = text.slice(node.start, node.end);
      return { ...place(node.start ?? 0), rule: "no-logic-on-references", message: logicMessage(kind, reference) };
    })
    .filter(({ line }) => !excused.has(line))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Lines that a comment excuses, as it would for ESLint or oxlint. */
function excusedLines(comments: readonly { value: string; start: number; end: number }[], place: ReturnType<typeof placeIn>): Set<number> {
  const lines = new Set<number>();
  for (const { value, start, end } of comments) {
    const match = /^\s*(?:eslint|oxlint)-disable-(next-line|line)\b([^]*)/.exec(value);
    const rules = match?.[2]?.split("--")[0]?.trim();
    if (!match || (rules && !rules.includes("no-logic-on-references"))) continue;
    lines.add(match[1] === "line" ? place(start).line : place(end).line + 1);
  }
  return lines;
}
