import { tableOwners } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import type { LinkSpec } from "../links/link-spec";
import type { LoadedModule } from "../modules/load-modules";
import { appErrors } from "./errors";

/** What makes tables: modules with migrations, and links. */
export interface TableMakers {
  /** The app's database, in which the tables of links lie. */
  connection: SqlConnection;
  modules: readonly LoadedModule[];
  links: readonly LinkSpec[];
}

/**
 * Refuses two modules, or a module and a link, that make one table in one database: the second would find it there and
 * pass over it, and undoing the second would drop what the first has stored.
 *
 * @throws `app.shared_table`, naming both; `model.shared_table`, `model.shared_pivot` within one module.
 */
export function requireOwnTables({ connection, modules, links }: TableMakers): void {
  const known = new Map<SqlConnection, Map<string, string>>();
  const claim = (database: SqlConnection, table: string, owner: string) => {
    const owners = known.get(database) ?? new Map<string, string>();
    known.set(database, owners);
    const other = owners.get(table);
    if (other !== undefined) throw appErrors.sharedTable(table, other, owner);
    owners.set(table, owner);
  };
  for (const { key, models, connection: own } of modules) {
    for (const { table, owner } of tableOwners(models)) claim(own ?? connection, table, `${owner} of the module "${key}"`);
  }
  for (const link of links) {
    if (link.kind === "table") claim(connection, link.table, `the link "${link.entryPoint}"${link.file ? ` of ${link.file}` : ""}`);
  }
}
