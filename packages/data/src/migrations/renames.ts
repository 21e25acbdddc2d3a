import { addCheckSql, createIndexSql, dropConstraintSql, dropIndexSql, renameColumnSql, renameTableSql } from "../ddl/statements";
import type { TableDescription } from "../ddl/table";
import { kept, removed } from "./diff";
import { migrationErrors } from "./errors";

/** Something that may be a rename, or a removal beside an addition: only a person knows. */
export interface RenameQuestion {
  /** The table whose column it is; the table itself where `column` is false. */
  readonly table: string;
  readonly column: boolean;
  readonly from: string;
  readonly to: string;
}

/** A question with its answer. */
export interface RenameAnswer extends RenameQuestion {
  /** True: the data moves along. False: the old one is dropped, the new one is added. */
  readonly renamed: boolean;
}

const keyOf = (question: RenameQuestion) => JSON.stringify([question.table, question.column, question.from, question.to]);

/** What may have been renamed between two sets of tables and was not answered yet. */
export function renameQuestions(from: readonly TableDescription[], to: readonly TableDescription[], answers: readonly RenameAnswer[]): RenameQuestion[] {
  const answered = new Set(answers.map(keyOf));
  const tables = removed(from, to).flatMap((gone) =>
    removed(to, from)
      .filter((added) => isAlike(gone, added))
      .map((added) => ({ table: gone.name, column: false, from: gone.name, to: added.name })),
  );
  const columns = kept(from, to).flatMap(([old, next]) =>
    removed(old.columns, next.columns).flatMap((gone) =>
      removed(next.columns, old.columns)
        .filter((added) => added.type === gone.type && added.nullable === gone.nullable)
        .filter((added) => gone.name.startsWith("raw_") === added.name.startsWith("raw_"))
        .map((added) => ({ table: next.name, column: true, from: gone.name, to: added.name })),
    ),
  );
  return [...tables, ...columns].filter((question) => !answered.has(keyOf(question)) && !isSettled(question, answers) && !isRawOfAnother(question, columns));
}

/** Whether a question needs no answer, because one of its two names is known to be the old or the new name of something else. */
export function isSettled(question: RenameQuestion, answers: readonly RenameAnswer[]): boolean {
  return answers.some(
    (answer) =>
      answer.renamed &&
      answer.column === question.column &&
      (!question.column || answer.table === question.table) &&
      (answer.from === question.from || answer.to === question.to),
  );
}

/** The raw column of a bigNumber follows the question about the number itself. */
function isRawOfAnother(question: RenameQuestion, all: readonly RenameQuestion[]): boolean {
  if (!question.column || !question.from.startsWith("raw_")) return false;
  const own = (name: string) => name.slice("raw_".length);
  return all.some((other) => other.table === question.table && other.from === own(question.from) && other.to === own(question.to));
}

/** The tables once renames were applied, with the statements that lead there and back. */
export interface AppliedRenames {
  readonly tables: TableDescription[];
  readonly statements: string[];
  readonly inverse: string[];
}

/** Applies the renames that were confirmed. */
export function applyRenames(from: readonly TableDescription[], answers: readonly RenameAnswer[]): AppliedRenames {
  let tables = [...from];
  const statements: string[] = [];
  const inverse: string[] = [];
  const apply = (forward: string[], back: string[]) => {
    statements.push(...forward);
    inverse.unshift(...back);
  };
  for (const answer of answers.filter(({ renamed }) => renamed)) {
    const found = tables.find(({ name }) => name === answer.table);
    const isTaken = (answer.column ? (found?.columns ?? []) : tables).some(({ name }) => name === answer.to);
    if (!found || isTaken) throw migrationErrors.changedNeedsAnswer(answer.table, answer.from, answer.to);
    if (!answer.column) {
      const renamed = { ...found, name: answer.to };
      apply(renameTableSql(found, answer.to), renameTableSql(renamed, answer.from));
      tables = tables.map((each) => retarget(each === found ? renamed : each, answer.from, answer.to));
      continue;
    }
    if (!found.columns.some(({ name }) => name === answer.from))
      throw migrationErrors.changedNeedsAnswer(answer.table, answer.from, answer.to);
    for (const [old, next] of [[answer.from, answer.to] as const, [`raw_${answer.from}`, `raw_${answer.to}`] as const]) {
      const table = tables.find(({ name }) => name === answer.table);
      const column = table?.columns.find(({ name }) => name === old);
      if (!table || !column) continue;
      const { rest, drop, add } = withoutMentions(table, old);
      apply(drop, add);
      apply(renameColumnSql(table.name, column, next), renameColumnSql(table.name, { ...column, name: next }, old));
      tables = tables.map((each) => renameColumn(each === table ? rest : each, table.name, old, next));
    }
  }
  return { tables, statements, inverse };
}

/**
 * A table without its checks and predicates that name a column. Their text is SQL that only PostgreSQL can rename in, so
 * they go before the column is renamed, and what the models ask for comes after, by the new name; the same on the way back.
 */
function withoutMentions(table: TableDescription, column: string): { rest: TableDescription; drop: string[]; add: string[] } {
  const word = new RegExp(`(?<![\\w$])${column.replace(/[^\w]/g, "\\$&")}(?![\\w$])`, "i");
  const checks = table.checks.filter(({ expression }) => word.test(expression));
  const indexes = table.indexes.filter(({ where }) => where !== undefined && word.test(where));
  return {
    rest: {
      ...table,
      checks: table.checks.filter((check) => !checks.includes(check)),
      indexes: table.indexes.filter((index) => !indexes.includes(index)),
    },
    drop: [...checks.map(({ name }) => dropConstraintSql(table.name, name)), ...indexes.map(({ name }) => dropIndexSql(name))],
    add: [...checks.map((check) => addCheckSql(table.name, check)), ...indexes.map((index) => createIndexSql(table.name, index))],
  };
}

function renameColumn(table: TableDescription, owner: string, from: string, to: string): TableDescription {
  const is = (name: string) => (name === from ? to : name);
  const foreignKeys = table.foreignKeys.map((key) => (key.referencedTable === owner ? { ...key, referencedColumn: is(key.referencedColumn) } : key));
  if (table.name !== owner) return { ...table, foreignKeys };
  return {
    ...table,
    columns: table.columns.map((column) => ({ ...column, name: is(column.name) })),
    primaryKey: table.primaryKey.map(is),
    indexes: table.indexes.map((index) => ({ ...index, columns: index.columns.map(is) })),
    foreignKeys: foreignKeys.map((key) => ({ ...key, column: is(key.column) })),
  };
}

function retarget(table: TableDescription, from: string, to: string): TableDescription {
  const foreignKeys = table.foreignKeys.map((key) => (key.referencedTable === from ? { ...key, referencedTable: to } : key));
  return { ...table, foreignKeys };
}

/** Two thirds of the columns are the same, those that every table has aside. */
function isAlike(a: TableDescription, b: TableDescription): boolean {
  const own = (table: TableDescription) => table.columns.filter(({ name }) => !["id", "created_at", "updated_at", "deleted_at"].includes(name));
  const shared = kept(own(a), own(b)).filter(([x, y]) => x.type === y.type).length;
  return shared > 0 && shared * 3 >= Math.max(own(a).length, own(b).length) * 2;
}
