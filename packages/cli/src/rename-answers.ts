import { createInterface } from "node:readline/promises";
import { isSettled } from "@velella/data";
import type { App } from "@velella/framework";
import { cliErrors } from "./errors";

type Question = Awaited<ReturnType<App["generate"]>>[number]["questions"][number];

/** What a person said of tables and columns that may have been renamed; where `column` is false it is the table. */
export type RenameAnswers = readonly (Question & { renamed: boolean })[];

/**
 * Reads answers from the command line: `brand.name=title` for a column, `brand=maker` for a table.
 *
 * @throws `cli.invalid_rename`
 */
export function parseRenames(words: readonly string[], renamed: boolean): RenameAnswers {
  return words.map((word) => {
    const [, table, column, to] = /^([^.=]+)(?:\.([^.=]+))?=([^.=]+)$/.exec(word) ?? [];
    if (table === undefined || to === undefined) throw cliErrors.invalidRename(word);
    return { table, column: column !== undefined, from: column ?? table, to, renamed };
  });
}

/** Asks in the terminal. */
export async function askWhetherRenamed(questions: readonly Question[]): Promise<RenameAnswers> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answers: (Question & { renamed: boolean })[] = [];
  try {
    for (const question of questions) {
      if (isSettled(question, answers)) continue;
      const what = question.column ? `the column "${question.from}" of "${question.table}"` : `the table "${question.from}"`;
      const answer = await terminal.question(`Was ${what} renamed to "${question.to}"? Its data is kept if so. (y/n) `);
      answers.push({ ...question, renamed: /^y(es)?$/i.test(answer.trim()) });
    }
  } finally {
    terminal.close();
  }
  return answers;
}
