import { migrationLock, underLock } from "@velella/data";
import type { SqlConnection, SqlExecutor } from "@velella/kernel";
import type { LinkSpec, TableLinkSpec } from "./link-spec";
import { createTableStatements, existingColumns, tableChanges } from "./link-tables";
import { quoted } from "./naming";

/** What is to be done with one link table. */
export interface LinkSyncAction {
  /**
   * `create` a table, `update` it without loss, `notify` of a change that may lose data, `delete` a table whose link
   * is gone, or `noop`.
   */
  readonly action: "create" | "update" | "notify" | "delete" | "noop";
  readonly table: string;
  readonly link?: TableLinkSpec;
  /** Why, one line each. */
  readonly notes: readonly string[];
  readonly sql: readonly string[];
  /** Whether the statements were run. */
  readonly executed: boolean;
}

/** How far {@link syncLinks} goes. */
export interface SyncLinksOptions {
  /**
   * `plan` only looks; `safe` (the default) runs what loses nothing and leaves the rest to be seen in the plan;
   * `all` also changes and drops what may lose data.
   */
  mode?: "plan" | "safe" | "all";
  /** Called with the finished plan as lines to print, before anything is run. */
  onPlan?: (lines: string[], actions: readonly LinkSyncAction[]) => void;
}

/** What became of one link table. */
export interface LinkChange {
  /** For people: what is done, with which table, and why. */
  readonly line: string;
  readonly executed: boolean;
  /** It was left as it is, because the change may lose data; `mode: "all"` makes it. */
  readonly isLeft: boolean;
}

/** {@link syncLinks}, and what became of each table that was not right already. */
export async function changeLinks(connection: SqlConnection, links: readonly LinkSpec[], mode: "safe" | "all"): Promise<LinkChange[]> {
  let lines: string[] = [];
  const actions = await syncLinks(connection, links, { mode, onPlan: (plan) => void (lines = plan) });
  return actions
    .filter(({ action }) => action !== "noop")
    .map(({ executed, sql }, i) => ({ line: lines[i]!, executed, isLeft: !executed && sql.length > 0 }));
}

const bookkeeping = `create table if not exists "link_module_migrations" (
  "id" serial primary key,
  "table_name" varchar(255) not null unique,
  "link_descriptor" jsonb not null default '{}'::jsonb,
  "created_at" timestamptz not null default now()
)`;

/**
 * Brings the tables of links in line with their definitions: one transaction, under the lock of migrations, so that several
 * processes may start at once. Nothing is dropped unless `mode` is `all`.
 *
 * @returns What was found and done, one action per table.
 */
export async function syncLinks(
  connection: SqlConnection,
  links: readonly LinkSpec[],
  options: SyncLinksOptions = {},
): Promise<LinkSyncAction[]> {
  const { mode = "safe", onPlan } = options;
  const tables = links.filter((link): link is TableLinkSpec => link.kind === "table");
  return underLock(connection, migrationLock, (locked) =>
    locked.transaction(async (transaction) => {
      if (mode !== "plan") await transaction.query(bookkeeping);
      const plan = await planLinkSync(transaction, tables);
      const isAllowed = (action: LinkSyncAction) => mode === "all" || action.action === "create" || action.action === "update";
      onPlan?.(formatLinkPlan(plan, isAllowed), plan);
      const done: LinkSyncAction[] = [];
      for (const action of plan) {
        const executed = action.sql.length > 0 && mode !== "plan" && isAllowed(action);
        if (executed) for (const statement of action.sql) await transaction.query(statement);
        if (mode !== "plan") await record(transaction, action, executed);
        done.push({ ...action, executed });
      }
      return done;
    }),
  );
}

/** Compares links with the tables that are there; reads only. */
export async function planLinkSync(executor: SqlExecutor, links: readonly TableLinkSpec[]): Promise<LinkSyncAction[]> {
  const recorded = await recordedTables(executor);
  const existing = await existingColumns(executor, [...links.map((link) => link.table), ...recorded]);
  const actions: LinkSyncAction[] = [];
  for (const link of links) {
    const columns = existing.get(link.table);
    const base = { table: link.table, link, executed: false };
    if (!columns) {
      actions.push({ ...base, action: "create", notes: [describe(link)], sql: createTableStatements(link) });
      continue;
    }
    const { safe, unsafe, notes } = tableChanges(link, columns);
    if (unsafe.length) actions.push({ ...base, action: "notify", notes, sql: [...safe, ...unsafe] });
    else if (safe.length) actions.push({ ...base, action: "update", notes, sql: safe });
    else actions.push({ ...base, action: "noop", notes: [], sql: [] });
  }
  const wanted = new Set(links.map((link) => link.table));
  for (const table of recorded) {
    if (wanted.has(table)) continue;
    const sql = existing.has(table) ? [`drop table ${quoted(table)}`] : [];
    actions.push({ action: "delete", table, notes: ["no link uses this table any more"], sql, executed: false });
  }
  return actions;
}

/** The plan as lines to print. */
function formatLinkPlan(plan: readonly LinkSyncAction[], isAllowed: (action: LinkSyncAction) => boolean): string[] {
  return plan
    .filter((action) => action.action !== "noop")
    .map((action) => {
      const kept = action.sql.length && !isAllowed(action) ? " (left as it is: may lose data)" : "";
      return `${action.action.padEnd(6)} ${action.table}${action.notes.length ? `: ${action.notes.join("; ")}` : ""}${kept}`;
    });
}

async function recordedTables(executor: SqlExecutor): Promise<string[]> {
  const { rows: known } = await executor.query<{ there: boolean }>(`select to_regclass('link_module_migrations') is not null as there`);
  if (!known[0]?.there) return [];
  const { rows } = await executor.query<{ table_name: string }>(`select table_name from "link_module_migrations" order by table_name`);
  return rows.map((row) => row.table_name);
}

async function record(executor: SqlExecutor, action: LinkSyncAction, executed: boolean): Promise<void> {
  if (action.action === "delete") {
    if (executed || !action.sql.length) await executor.query(`delete from "link_module_migrations" where table_name = $1`, [action.table]);
    return;
  }
  const { link } = action;
  if (!link) return;
  const [left, right] = link.sides;
  const descriptor = { fromModule: left.module, fromModel: left.model, toModule: right.module, toModel: right.model };
  await executor.query(
    `insert into "link_module_migrations" (table_name, link_descriptor) values ($1, $2::jsonb)
     on conflict (table_name) do update set link_descriptor = excluded.link_descriptor`,
    [link.table, JSON.stringify(descriptor)],
  );
}

function describe({ sides: [left, right] }: TableLinkSpec): string {
  return `${left.module}.${left.model} <> ${right.module}.${right.model}`;
}
