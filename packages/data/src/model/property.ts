import type { PropertyKind, PropertyTraits } from "../spec/model-spec";

/** Everything a property was told; read when the spec of its model is built. */
export interface PropertyState extends PropertyTraits {
  /** Set by `.index()`; the name is the one given, if any. */
  readonly index?: { readonly name?: string };
  /** Set by `.unique()`. */
  readonly unique?: { readonly name?: string };
}

/**
 * Whether creating a row needs the property: `"required"`, `"optional"` (nullable, defaulted or generated)
 * or `"never"` (computed).
 */
export type PropertyInput = "required" | "optional" | "never";

type Relaxed<Input extends PropertyInput> = Input extends "never" ? "never" : "optional";

/** A bigNumber can be given as text, which keeps every digit. */
type DefaultValue<Value, Kind> = Kind extends "bigNumber" ? Value | string : Value;

/** Kinds that a primary key can have. */
export type KeyKind = "id" | "text" | "number" | "autoincrement";
/** Kinds that the search term `q` can look at. */
export type SearchableKind = KeyKind | "float" | "enum";

/**
 * A property of a model. Each modifier returns a new property, so that a property may be shared between models.
 *
 * @typeParam Value What a row holds: `string`, `number | null` …
 * @typeParam Kind The method of `model` that made it.
 * @typeParam Input See {@link PropertyInput}.
 * @typeParam Key Whether it is the primary key or a part of it.
 */
export class Property<
  Value,
  Kind extends PropertyKind = PropertyKind,
  Input extends PropertyInput = PropertyInput,
  Key extends boolean = boolean,
> {
  /** Exists for the type checker only. */
  declare readonly __value: Value;
  /** Exists for the type checker only. */
  declare readonly __input: Input;
  /** Exists for the type checker only. */
  declare readonly __key: Key;
  readonly kind: Kind;
  readonly state: PropertyState;

  constructor(kind: Kind, state: PropertyState) {
    this.kind = kind;
    this.state = Object.freeze(state);
  }

  /** Allows null, which is also what a missing value becomes. */
  nullable(): Property<Value | null, Kind, Relaxed<Input>, Key> {
    return this.with({ nullable: true });
  }

  /** The value of rows created without one; a function is called for each row and leaves no default in the database. */
  default(value: DefaultValue<Value, Kind> | (() => DefaultValue<Value, Kind>)): Property<Value, Kind, Relaxed<Input>, Key> {
    return this.with({ hasDefault: true, default: value });
  }

  /** Marks a value that the service works out: it has no column and is never written. */
  computed(): Property<Value, Kind, "never", Key> {
    return this.with({ computed: true, nullable: true });
  }

  /** An index on this column alone, over rows that are not soft-deleted. The name defaults to `IDX_<table>_<column>`. */
  index(name?: string): Property<Value, Kind, Input, Key> {
    return this.with({ index: name === undefined ? {} : { name } });
  }

  /** Like {@link index}, unique among rows that are not soft-deleted. The name defaults to `IDX_<table>_<column>_unique`. */
  unique(name?: string): Property<Value, Kind, Input, Key> {
    return this.with({ unique: name === undefined ? {} : { name } });
  }

  /** Makes the column the primary key, or a part of it where several are marked. */
  primaryKey(this: Property<Value, KeyKind & Kind, Input, Key>): Property<Value, Kind, Input, true> {
    return this.with({ primaryKey: true });
  }

  /** Lets the search term `q` look at this column. */
  searchable(this: Property<Value, SearchableKind & Kind, Input, Key>): Property<Value, Kind, Input, Key> {
    return this.with({ searchable: true });
  }

  /** Marks a text that may have a value per locale. */
  translatable(this: Property<Value, "text" & Kind, Input, Key>): Property<Value, Kind, Input, Key> {
    return this.with({ translatable: true });
  }

  private with<V, I extends PropertyInput, K extends boolean>(change: Partial<PropertyState>): Property<V, Kind, I, K> {
    return new Property<V, Kind, I, K>(this.kind, { ...this.state, ...change });
  }
}

/** Makes a property of a kind with nothing set. */
export function createProperty<Value, Kind extends PropertyKind, Input extends PropertyInput>(
  kind: Kind,
  extra: Partial<PropertyState> = {},
): Property<Value, Kind, Input, false> {
  const bare = { nullable: false, primaryKey: false, searchable: false, translatable: false, computed: false, hasDefault: false };
  return new Property<Value, Kind, Input, false>(kind, { ...bare, ...extra });
}
