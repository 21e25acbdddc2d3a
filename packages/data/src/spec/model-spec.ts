/**
 * The model spec: what a data model *is*, as plain frozen data. Tables, migrations, row types, validators,
 * filters and SQL are all derived from it; nothing about a model is written anywhere else.
 */

/** The kinds of property, as in `model.text()`, `model.bigNumber()` … */
export type PropertyKind =
  | "id"
  | "text"
  | "number"
  | "float"
  | "bigNumber"
  | "boolean"
  | "dateTime"
  | "json"
  | "array"
  | "enum"
  | "autoincrement";

/** What a property is told by the methods of its definition. */
export interface PropertyTraits {
  readonly nullable: boolean;
  readonly primaryKey: boolean;
  readonly searchable: boolean;
  readonly translatable: boolean;
  /** Worked out by the service: it has no column, so it is never written, and reads cannot select or filter it. */
  readonly computed: boolean;
  readonly hasDefault: boolean;
  /** The default value, or a function that makes one. */
  readonly default?: unknown;
  /** For `id`: what new ids start with. */
  readonly idPrefix?: string;
  /** For `enum`. */
  readonly values?: readonly string[];
}

/** One column of a model (a bigNumber has a second one, see `rawColumn`). */
export interface PropertySpec extends PropertyTraits {
  /** Property name, which is also the column name, verbatim. */
  readonly name: string;
  readonly kind: PropertyKind;
  /** PostgreSQL type: `text`, `integer`, `real`, `numeric`, `boolean`, `timestamptz`, `jsonb`, `text[]`, `serial`. */
  readonly sqlType: string;
  /** For `bigNumber`: the jsonb column with the exact digits, `raw_<name>`. */
  readonly rawColumn?: string;
  /** created_at, updated_at and deleted_at: present on every model without being declared. */
  readonly implicit: boolean;
  /** The foreign key column of this belongsTo relation. */
  readonly foreignKeyOf?: string;
}

/**
 * Which side holds the foreign key: `belongsTo` does, for `hasMany` and `hasOne` the other model does (save for a `hasOne`
 * that has a foreign key of its own), and `manyToMany` has a table between the two.
 */
export type RelationKind = "hasOne" | "hasMany" | "belongsTo" | "manyToMany";

/** A relation to another model of the same module. */
export interface RelationSpec {
  readonly name: string;
  readonly kind: RelationKind;
  /** The other model; a function because models may refer to each other in a circle. */
  readonly target: () => ModelSpec;
  /** Name of the relation on the other side. */
  readonly mappedBy?: string;
  readonly nullable: boolean;
  readonly searchable: boolean;
  /** True where this side holds the foreign key column (`belongsTo`, and `hasOne` with a foreign key of its own). */
  readonly owner: boolean;
  /** belongsTo and owning hasOne: the foreign key column in this table. hasMany and hasOne: the one in the target's table. */
  readonly foreignKey?: string;
  /** manyToMany: how the two tables meet. */
  readonly pivot?: () => PivotSpec;
}

/** The table between two models, as seen from one of them. One of the two sides owns it; both describe the same table. */
export interface PivotSpec {
  readonly table: string;
  /** Column that refers to this side's primary key. */
  readonly ownColumn: string;
  /** Column that refers to the other side's primary key. */
  readonly targetColumn: string;
  /** True on the side whose column comes first in the table. */
  readonly leads: boolean;
  /** The model of the pivot table, where there is one (`pivotEntity`): its rows have an id and may be soft-deleted. */
  readonly entity?: () => ModelSpec;
}

/** An index as the model asks for it: given by a property, by `.indexes()`, or implied by a relation. */
export interface IndexSpec {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** Predicate as SQL, always including `deleted_at IS NULL`. */
  readonly where?: string;
  readonly type?: string;
}

/** A condition, in SQL, that each row has to satisfy. */
export interface CheckSpec {
  readonly name?: string;
  readonly expression: string;
}

/** A row of another table without which rows of a model are not to be seen. */
export interface HolderSpec {
  /** Column of the model that holds the key of the other row. */
  readonly column: string;
  readonly table: string;
  readonly key: string;
}

/**
 * What there is to know of one model, as plain frozen data: tables, types, statements and methods follow from it.
 *
 * Made of the definition when it is first needed, by `specOf`.
 */
export interface ModelSpec {
  /** PascalCase name of the entity: `BlogPost`. */
  readonly name: string;
  /** snake_case name: `blog_post`. */
  readonly snakeName: string;
  /** camelCase name: `blogPost`. */
  readonly camelName: string;
  readonly table: string;
  readonly properties: readonly PropertySpec[];
  readonly propertyByName: ReadonlyMap<string, PropertySpec>;
  readonly relations: readonly RelationSpec[];
  readonly relationByName: ReadonlyMap<string, RelationSpec>;
  /** Names of the primary key columns, in order; at least one. */
  readonly primaryKey: readonly string[];
  readonly indexes: readonly IndexSpec[];
  readonly checks: readonly CheckSpec[];
  /** A row is hidden while one of these rows is deleted or not there; none by default. Rows of links have them. */
  readonly holders?: readonly HolderSpec[];
  readonly cascades: { readonly delete: readonly string[]; readonly detach: readonly string[] };
  /** Name of the key by which links refer to this model: `<snakeName>_<primaryKey>`. */
  readonly linkableKey: string;
}
