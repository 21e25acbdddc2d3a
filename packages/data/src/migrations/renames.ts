import { renameColumnSql, renameTableSql } from "../ddl/statements";
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
  // A name that is known to be the new or the old name of something else raises no further question.
  const settled = (question: RenameQuestion) =>
    answers.some((answer) => answer.renamed && answer.table === question.table && (answer.from === question.from || answer.to === question.to));
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
  return [...tables, ...columns].filter((question) => !answered.has(keyOf(question)) && !settled(question) && !isRawOfAnother(question, columns));
}

/** The raw column of a bigNumber follows the question about the number itself. */
function isRawOfAnother(question: RenameQuestion, all: readonly RenameQuestion[]): boolean {
  if (!question.column || !question.from.startsWith("raw_")) return false;
  const own = (name: string) => name.slice("raw_".length);
  return all.some((other) => other.table === question.table && other.from === own(question.from) && other.to === own(question.to));
}

/** Applies the renames that were confirmed: the statements, and the tables as they are afterwards. */
export function applyRenames(
  from: readonly TableDescription[],
  answers: readonly RenameAnswer[],
): { tables: TableDescription[]; statements: string[]; inverse: string[] } {
  let tables = [...from];
  const statements: string[] = [];
  const inverse: string[] = [];
  const apply = (forward: string[], back: string[]) => {
    statements.push(...forward);
    inverse.unshift(...back);
  };
  for (const answer of answers.filter(({ renamed }) => renamed)) {
    const table = tables.find(({ name }) => name === answer.table);
    if (!table) throw migrationErrors.changedNeedsAnswer(answer.table, answer.from, answer.to);
    if (!answer.column) {
      apply(renameTableSql(answer.from, answer.to), renameTableSql(answer.to, answer.from));
      tables = tables.map((each) => retarget(each === table ? { ...each, name: answer.to } : each, answer.from, answer.to));
      continue;
    }
    for (const [old, next] of [[answer.from, answer.to] as const, [`raw_${answer.from}`, `raw_${answer.to}`] as const]) {
      const isRaw = old !== answer.from;
      if (!table.columns.some(({ name }) => name === old)) {
        if (isRaw) continue;
        throw migrationErrors.changedNeedsAnswer(answer.table, answer.from, answer.to);
      }
      apply([renameColumnSql(table.name, old, next)], [renameColumnSql(table.name, next, old)]);
      tables = tables.map((each) => renameColumn(each, table.name, old, next));
    }
  }
  return { tables, statements, inverse };
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
