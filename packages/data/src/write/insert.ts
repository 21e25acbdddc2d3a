import type { SqlExecutor } from "@velella/kernel";
import { compileHydrator } from "../read/hydrator";
import type { Hydrator } from "../read/hydrator";
import { selectionOf } from "../read/selection";
import type { ModelSpec } from "../spec/model-spec";
import { identityOf, PlanCache } from "../sql/plan-cache";
import { literal, quote } from "../sql/quote";
import { identityOfKey, keyOfRow } from "./keys";
import { recordParams, recordPlaceholders, recordsJson, recordTable } from "./records";
import type { ColumnRecord } from "./records";
import type { Row } from "./scope";

interface InsertPlan {
  text: string;
  hydrate: Hydrator;
}

const plans = new PlanCache<InsertPlan>(500);

/** More rows than this go in several statements, which keeps a single text below some megabytes. */
const rowsPerStatement = 10_000;

/** True where so many rows take one statement. */
export function isOneInsert(rows: number): boolean {
  return rows <= rowsPerStatement;
}

/**
 * Inserts records and gives them back as rows, with what the database filled in, in the same order.
 * A missing value is left to the default of its column, also beside records that have one.
 */
export async function insertRecords(executor: SqlExecutor, spec: ModelSpec, records: readonly ColumnRecord[]): Promise<Row[]> {
  const used = new Set<string>();
  for (const record of records) for (const name in record) used.add(name);
  const columns = [...used].sort();
  const isSingle = records.length === 1;
  const { plan, name } = plans.get(`${identityOf(spec)}/${isSingle ? "1" : "n"}/${columns.join()}`, () =>
    compileInsert(spec, columns, isSingle),
  );
  if (isSingle) {
    const result = await executor.query<Row>(plan.text, recordParams(spec, columns, records[0] as ColumnRecord), name);
    return plan.hydrate(result.rows);
  }
  const rows: Row[] = [];
  for (let start = 0; start < records.length; start += rowsPerStatement) {
    const part = records.slice(start, start + rowsPerStatement);
    const result = await executor.query<Row>(plan.text, [recordsJson(spec, part)], name);
    rows.push(...inOrder(spec, part, plan.hydrate(result.rows)));
  }
  return rows;
}

function compileInsert(spec: ModelSpec, columns: readonly string[], isSingle: boolean): InsertPlan {
  const selection = { ...selectionOf(spec, allColumns, () => undefined, false), relations: [], references: [] };
  const names = columns.map(quote).join(", ");
  const values = columns.map((column) => valueOrDefault(spec, column)).join(", ");
  const returned = selection.columns.map((column) => quote(column.name)).join(", ");
  const source = isSingle
    ? `values (${recordPlaceholders(spec, columns, 1).join(", ")})`
    : `select ${values} from ${recordTable(spec, columns, 1, "x")}`;
  const text = `insert into ${quote(spec.table)} (${names}) ${source} returning ${returned}`;
  return { text, hydrate: compileHydrator(selection) };
}

/**
 * What a record among others gives for a column: where it has nothing, what the table would fill in. Other defaults are
 * those of the model, and stand in the record already.
 */
function valueOrDefault(spec: ModelSpec, column: string): string {
  const value = `x.${quote(column)}`;
  const property = spec.propertyByName.get(column);
  if (property?.kind === "autoincrement")
    return `coalesce(${value}, nextval(pg_get_serial_sequence(${literal(quote(spec.table))}, ${literal(column)})))`;
  return property?.implicit && !property.nullable ? `coalesce(${value}, now())` : value;
}

const allColumns = { scalars: new Set(["*"]), relations: new Map<string, never>() };

/** PostgreSQL does not promise the order of returned rows; their keys tell, where they were given. */
function inOrder(spec: ModelSpec, records: readonly ColumnRecord[], rows: Row[]): Row[] {
  const isKnown = (record: ColumnRecord) => spec.primaryKey.every((name) => record[name] !== undefined && record[name] !== null);
  if (!records.every(isKnown)) return rows;
  const keyOf = (row: Row) => identityOfKey(spec, keyOfRow(spec, row));
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return records.map((record) => byKey.get(keyOf(record)) as Row);
}
