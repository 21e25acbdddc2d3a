import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeTables } from "../ddl/describe-tables";
import type { ColumnDescription, TableDescription } from "../ddl/table";
import type { AnyEntity } from "../model/entity";
import { specOf } from "../model/spec-of";
import { diffTables, kept, removed } from "./diff";
import { applyRenames, type RenameAnswer, type RenameQuestion, renameQuestions } from "./renames";
import { readSnapshot, writeSnapshot } from "./snapshot";

/** What {@link generateMigration} compares, and where it writes. */
export interface GenerateOptions {
  /** Name of the module: names the snapshot. */
  readonly module: string;
  /** All models of the module: a table of the snapshot that none of them has counts as removed. */
  readonly models: readonly AnyEntity[];
  /** The module's `migrations` folder; made where it is missing. */
  readonly directory: string;
  /** Also write statements that lose data. Default false: what would be dropped is kept, and reported. */
  readonly allowDestructive?: boolean;
  /** Answers to the questions of an earlier call. */
  readonly answers?: readonly RenameAnswer[];
  /** Module that the written file imports `Migration` from. Default: `@velella/data`. */
  readonly importFrom?: string;
  /** Time that names the file. Default: now. */
  readonly now?: Date;
}

/** What {@link generateMigration} found, and whether it wrote it. `up` and `down` are the statements, in order. */
export interface GeneratedMigration {
  /**
   * `unchanged`: the models ask for nothing new. `questions`: nothing was written, because only a person knows whether
   * something was renamed. `written`: there is a new migration and a new snapshot.
   */
  readonly status: "unchanged" | "questions" | "written";
  readonly questions: readonly RenameQuestion[];
  /** What loses data, in words: written with `allowDestructive`, left out without. */
  readonly destructive: readonly string[];
  /** The file that was written. */
  readonly file?: string;
  readonly up: readonly string[];
  readonly down: readonly string[];
}

/**
 * Compares a module's models with its snapshot and writes the migration between them, with its way back. The same
 * models and the same snapshot give the same statements; only the module's own tables are touched.
 */
export async function generateMigration(options: GenerateOptions): Promise<GeneratedMigration> {
  const { module, directory, answers = [], allowDestructive = false } = options;
  const from = await readSnapshot(directory, module);
  const wanted = describeTables(options.models.map(specOf)).sort((a, b) => (a.name < b.name ? -1 : 1));

  const renamed = applyRenames(from, answers);
  const questions = renameQuestions(renamed.tables, wanted, answers);
  const complete = diffTables(renamed.tables, wanted);
  if (questions.length > 0) return { status: "questions", questions, destructive: complete.destructive, up: [], down: [] };

  const to = allowDestructive ? wanted : keepData(renamed.tables, wanted);
  const up = [...renamed.statements, ...diffTables(renamed.tables, to).statements];
  const { destructive } = complete;
  if (up.length === 0) return { status: "unchanged", questions, destructive, up, down: [] };
  const down = [...diffTables(to, renamed.tables).statements, ...renamed.inverse];

  await mkdir(directory, { recursive: true });
  const name = await freeName(directory, options.now ?? new Date());
  const file = join(directory, `${name}.ts`);
  await writeFile(file, migrationSource(name, options.importFrom ?? "@velella/data", up, down));
  await writeSnapshot(directory, module, to);
  return { status: "written", questions, destructive, file, up, down };
}

/**
 * The wanted tables, with everything left in place whose removal would lose data. A kept column that rows must have
 * would make every insert fail, so it becomes nullable.
 */
function keepData(from: readonly TableDescription[], wanted: readonly TableDescription[]): TableDescription[] {
  const old = new Map(from.map((table) => [table.name, table]));
  const merged = wanted.map((table) => {
    const before = old.get(table.name);
    return before ? { ...table, columns: keepColumns(before, table) } : table;
  });
  const byName = (a: TableDescription, b: TableDescription) => (a.name < b.name ? -1 : 1);
  return [...merged, ...removed(from, wanted)].sort(byName);
}

function keepColumns(before: TableDescription, table: TableDescription): ColumnDescription[] {
  const retyped = new Map(
    kept(before.columns, table.columns)
      .filter(([was, is]) => was.type !== is.type && diffTables([only(before, was)], [only(table, is)]).destructive.length > 0)
      .map(([was, is]) => [is.name, { ...is, type: was.type, ...(was.default !== undefined && { default: was.default }) }]),
  );
  const gone = removed(before.columns, table.columns).map((column) => ({ ...column, nullable: column.nullable || column.default === undefined }));
  return [...table.columns.map((column) => retyped.get(column.name) ?? column), ...gone];
}

const only = (table: TableDescription, column: ColumnDescription): TableDescription => ({
  ...table,
  columns: [column],
  indexes: [],
  checks: [],
  foreignKeys: [],
});

/** `Migration20250131235959`, one second later where there is one already. */
async function freeName(directory: string, now: Date): Promise<string> {
  const taken = new Set((await readdir(directory)).map((file) => file.replace(/\.\w+$/, "")));
  for (let time = now.getTime(); ; time += 1000) {
    const name = `Migration${new Date(time).toISOString().replace(/\D/g, "").slice(0, 14)}`;
    if (!taken.has(name)) return name;
  }
}

function migrationSource(name: string, importFrom: string, up: readonly string[], down: readonly string[]): string {
  const body = (statements: readonly string[]) => statements.map((statement) => `    this.addSql(${templateLiteral(statement)});\n`).join("");
  return (
    `import { Migration } from ${JSON.stringify(importFrom)};\n\n` +
    `export class ${name} extends Migration {\n` +
    `  override async up(): Promise<void> {\n${body(up)}  }\n\n` +
    `  override async down(): Promise<void> {\n${body(down)}  }\n` +
    `}\n`
  );
}

const templateLiteral = (text: string) => `\`${text.replace(/[\\`]|\$\{/g, (part) => `\\${part}`)}\``;
