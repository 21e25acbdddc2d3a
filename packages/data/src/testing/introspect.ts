import type { SqlExecutor } from "@velella/kernel";

/** What a database has, in a form that two databases can be compared by: one line per thing, without regard to order. */
export interface DatabaseDescription {
  columns: string[];
  indexes: string[];
  constraints: string[];
}

/** Reads all tables of the schema `public`, those whose names start with `velella_` aside. */
export async function introspect(executor: SqlExecutor): Promise<DatabaseDescription> {
  const lines = async (sql: string) => (await executor.query<{ line: string }>(sql)).rows.map((row) => row.line).sort();
  const own = `n.nspname = 'public' and c.relname not like 'velella_%'`;
  return {
    columns: await lines(`
      select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || (case when a.attnotnull then ' not null' else '' end)
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where ${own} and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`),
    indexes: await lines(`
      select pg_get_indexdef(i.indexrelid) as line from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
      where ${own}`),
    // From PostgreSQL 18 on, "not null" is a constraint (n) with a name from when it was made; the columns tell it already.
    constraints: await lines(`
      select c.relname || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid) as line
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace where ${own} and k.contype <> 'n'`),
  };
}
