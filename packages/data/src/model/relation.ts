import type { RelationKind } from "../spec/model-spec";

/** Everything a relation was told; read when the spec of its model is built. */
export interface RelationState {
  /** Returns the other model. A function, because models refer to each other in circles. */
  readonly target: unknown;
  readonly nullable: boolean;
  readonly searchable: boolean;
  readonly mappedBy?: string;
  /** hasOne only: the foreign key column is in this model's table. */
  readonly foreignKey?: boolean;
  readonly foreignKeyName?: string;
  readonly pivotTable?: string;
  readonly pivotEntity?: () => unknown;
  readonly joinColumn?: string;
  readonly inverseJoinColumn?: string;
}

/** Options of relations whose foreign key is in the other model's table. */
export interface HasManyOptions {
  /** The relation on the other model that points back here. Defaults to this model's name in camelCase or snake_case. */
  mappedBy?: string;
}

/** Options of `hasOne`. */
export interface HasOneOptions extends HasManyOptions {
  /** Keep the foreign key in this model's table instead of the other's; the other model then needs no relation back. */
  foreignKey?: boolean;
  /** Name of that foreign key column. Defaults to `<relation>_<primary key of the other model>`. */
  foreignKeyName?: string;
}

/** Options of `belongsTo`. */
export interface BelongsToOptions {
  /** The `hasMany` or `hasOne` on the other model that this is the inverse of. */
  mappedBy?: string;
  /** Name of the foreign key column. Defaults to `<relation>_<primary key of the other model>`. */
  foreignKeyName?: string;
}

/** Options of `manyToMany`. */
export interface ManyToManyOptions {
  /** The manyToMany on the other model that this is the inverse of. */
  mappedBy?: string;
  /** Table that holds the pairs. Defaults to `<table>_<plural of the other table>`, the alphabetically first model leading. */
  pivotTable?: string;
  /** A model of the pivot table, for pairs that carry columns of their own and may be soft-deleted. Instead of `pivotTable`. */
  pivotEntity?: () => unknown;
  /** Column of the pivot table that refers to this model. Defaults to `<model>_<primary key>`. */
  joinColumn?: string | string[];
  /** Column of the pivot table that refers to the other model. */
  inverseJoinColumn?: string | string[];
}

/**
 * A relation of a model.
 *
 * @typeParam Target The function that returns the other model. It is carried whole and looked into only where a row
 * type is asked for, because models that refer to each other cannot be resolved while they are being defined.
 * @typeParam ForeignKey Name of the column as given, `true` for the default name, `false` where this side has none.
 */
export class Relation<
  Target,
  Kind extends RelationKind = RelationKind,
  Nullable extends boolean = boolean,
  ForeignKey extends string | boolean = string | boolean,
> {
  /** Exists for the type checker only. */
  declare readonly __target: Target;
  /** Exists for the type checker only. */
  declare readonly __nullable: Nullable;
  /** Exists for the type checker only. */
  declare readonly __foreignKey: ForeignKey;
  readonly kind: Kind;
  readonly state: RelationState;

  constructor(kind: Kind, state: RelationState) {
    this.kind = kind;
    this.state = Object.freeze(state);
  }

  /** Rows may have nothing on the other side; a foreign key column of this side then allows null. */
  nullable(this: Relation<Target, Kind & ("hasOne" | "belongsTo"), Nullable, ForeignKey>): Relation<Target, Kind, true, ForeignKey> {
    return new Relation<Target, Kind, true, ForeignKey>(this.kind, { ...this.state, nullable: true });
  }

  /** Lets the search term `q` look at the searchable properties of the other model as well. */
  searchable(): Relation<Target, Kind, Nullable, ForeignKey> {
    return new Relation<Target, Kind, Nullable, ForeignKey>(this.kind, { ...this.state, searchable: true });
  }
}
