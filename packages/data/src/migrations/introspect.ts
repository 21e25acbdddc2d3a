import type { SqlExecutor } from "@velella/kernel";

/** One thing that a table has, as a line that is the same in two databases where the thing is. */
export interface TablePart {
  readonly table: string;
  readonly kind: "column" | "index" | "constraint";
  readonly line: string;
}

/**
 * The columns, indexes and constraints of all tables of a schema, those whose names start with `velella_` aside. Definitions
 * are PostgreSQL's own words; names of other tables stand without their schema where it is in the search path.
 */
export async function introspectTables(executor: SqlExecutor, schema: string): Promise<TablePart[]> {
  const { rows } = await executor.query<TablePart>(
    `with own as (
       select c.oid, c.relname::text as name, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1 and c.relkind = 'r' and c.relname not like 'velella\\_%'
     )
     select own.name as "table", 'column' as kind,
       a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || (case when a.attnotnull then ' not null' else '' end)
         || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
     from own join pg_attribute a on a.attrelid = own.oid and a.attnum > 0 and not a.attisdropped
     left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     union all
     select own.name, 'index', replace(pg_get_indexdef(i.indexrelid), ' ON ' || quote_ident(own.nspname) || '.', ' ON ')
     from own join pg_index i on i.indrelid = own.oid
     union all
     -- From PostgreSQL 18 on, "not null" is a constraint (n) with a name from when it was made; the columns tell it already.
     select own.name, 'constraint', k.conname || ' ' || pg_get_constraintdef(k.oid)
     from own join pg_constraint k on k.conrelid = own.oid and k.contype <> 'n'
     order by 1, 2, 3`,
    [schema],
  );
  return rows;
}
