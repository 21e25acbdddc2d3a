import { toCamelCase, toPascalCase, toSnakeCase } from "../spec/naming";
import { modelErrors } from "./errors";
import type { Property } from "./property";
import type { Relation } from "./relation";

/** What `model.define` takes: properties and relations by name. */
export interface ModelSchema {
  [name: string]: Property<unknown> | Relation<unknown>;
}

/** A model's name, or its name with the table it lives in. */
export type ModelName = string | { readonly name: string; readonly tableName?: string };

/** Names of the columns that a schema declares (implicit columns and foreign keys excepted). */
export type PropertyNames<Schema> = {
  [K in keyof Schema]: Schema[K] extends { readonly __value: unknown } ? K : never;
}[keyof Schema] &
  string;

/** Names of the relations that a schema declares. */
export type RelationNames<Schema> = {
  [K in keyof Schema]: Schema[K] extends { readonly __target: unknown } ? K : never;
}[keyof Schema] &
  string;

/** Names that foreign key columns of a schema can have; which of them exists depends on the other model's primary key. */
export type ForeignKeyNames<Schema> = {
  [K in keyof Schema]: Schema[K] extends { readonly __foreignKey: infer F }
    ? F extends string
      ? F
      : F extends true
        ? `${K & string}_${string}`
        : never
    : never;
}[keyof Schema];

/** Names that indexes and checks may use. */
export type ColumnNames<Schema> = PropertyNames<Schema> | ForeignKeyNames<Schema> | "created_at" | "updated_at" | "deleted_at";

/** Values that a where-object compares a column with. */
export type IndexConditionValue = string | number | boolean | null | { readonly $ne: string | number | boolean | null };

/** One entry of `.indexes([…])`. */
export interface IndexDefinition<Columns extends string = string> {
  /** Defaults to `IDX_<table>_<columns>`, with `_unique` at the end of a unique one. */
  name?: string;
  on: readonly Columns[];
  unique?: boolean;
  /** Restricts the index, as SQL or as an object; `deleted_at IS NULL` is added unless it speaks of `deleted_at` itself. */
  where?: string | { readonly [column: string]: IndexConditionValue };
  /** Access method, such as `GIN`. Defaults to a B-tree. */
  type?: string;
}

/** One entry of `.checks([…])`: a condition on the columns, as SQL. */
export type CheckDefinition<Columns extends string = string> =
  | ((columns: { readonly [C in Columns]: string }) => string)
  | { name?: string; expression: string | ((columns: { readonly [C in Columns]: string }) => string) };

/** What happens to related rows: `delete` lists those deleted with this one, `detach` the pairs that are dissolved. */
export interface CascadeDefinition<Relations extends string = string> {
  delete?: readonly Relations[];
  detach?: readonly Relations[];
}

/** What was told to a model beside its schema. */
export interface EntityState {
  readonly table: string;
  cascades: CascadeDefinition;
  indexes: readonly IndexDefinition[];
  checks: readonly CheckDefinition[];
  frozen: boolean;
}

const states = new WeakMap<object, EntityState>();

/**
 * A data model, made by `model.define`. What it *is* for the rest of the system is its spec: see `specOf`.
 */
export class DmlEntity<Schema, Name extends string = string> {
  /** Name of the entity in PascalCase. */
  readonly name: string;
  /** Exists for the type checker only: the name as given. */
  declare readonly __name: Name;
  readonly schema: Schema;

  constructor(name: ModelName, schema: Schema) {
    const given = typeof name === "string" ? name : name.name;
    this.name = toPascalCase(given);
    this.schema = schema;
    const table = (typeof name === "string" ? undefined : name.tableName) ?? toSnakeCase(given);
    states.set(this, { table, cascades: {}, indexes: [], checks: [], frozen: false });
  }

  /** True for models made by `model.define`. */
  static isDmlEntity(value: unknown): value is AnyEntity {
    return typeof value === "object" && value !== null && states.has(value);
  }

  /** Name of the entity in camelCase, as links use it. */
  get camelName(): string {
    return toCamelCase(this.name);
  }

  /** Says which related rows are deleted or detached together with a row of this model. */
  cascades(cascades: CascadeDefinition<RelationNames<Schema>>): this {
    stateFor(this, "cascades").cascades = cascades;
    return this;
  }

  /** Adds indexes over several columns, or with a condition. */
  indexes(indexes: readonly IndexDefinition<ColumnNames<Schema>>[]): this {
    stateFor(this, "indexes").indexes = indexes;
    return this;
  }

  /** Adds conditions that every row must meet. */
  checks(checks: readonly CheckDefinition<ColumnNames<Schema>>[]): this {
    stateFor(this, "checks").checks = checks as readonly CheckDefinition[];
    return this;
  }
}

/** Any model. */
export interface AnyEntity {
  readonly name: string;
  readonly camelName: string;
  readonly __name: string;
  readonly schema: unknown;
}

function stateFor(entity: AnyEntity, method: string): EntityState {
  const state = entityState(entity);
  if (state.frozen) throw modelErrors.frozen(entity.name, method);
  return state;
}

/** What was told to a model; for the builder of its spec. */
export function entityState(entity: AnyEntity): EntityState {
  const state = states.get(entity);
  if (!state) throw modelErrors.notAModel("The argument", typeof entity);
  return state;
}
