/**
 * Tables as plain data: what the specs of a module ask the database for. Snapshots are made of it, and the difference
 * of two of them is a migration.
 */

/** A column; compared by its name, so that a new name is a new column unless an answer says that it was renamed. */
export interface ColumnDescription {
  readonly name: string;
  /** PostgreSQL type as written in a definition: `text`, `numeric`, `serial` … */
  readonly type: string;
  readonly nullable: boolean;
  /** Default as an SQL expression. */
  readonly default?: string;
}

/** An index; one that differs in anything is dropped and made again. */
export interface IndexDescription {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** Predicate as SQL. */
  readonly where?: string;
  /** Access method; a B-tree where none is given. */
  readonly type?: string;
}

/** A condition, in SQL, that each row has to satisfy. */
export interface CheckDescription {
  readonly name: string;
  readonly expression: string;
}

/** What happens to a row when the row it refers to is deleted. */
export type DeleteRule = "cascade" | "set null" | "no action";

/** A key of one column that refers to another table of the same module. */
export interface ForeignKeyDescription {
  readonly name: string;
  readonly column: string;
  readonly referencedTable: string;
  readonly referencedColumn: string;
  readonly onDelete: DeleteRule;
}

/** A table with all that belongs to it. */
export interface TableDescription {
  readonly name: string;
  readonly columns: readonly ColumnDescription[];
  readonly primaryKey: readonly string[];
  readonly indexes: readonly IndexDescription[];
  readonly checks: readonly CheckDescription[];
  readonly foreignKeys: readonly ForeignKeyDescription[];
}
