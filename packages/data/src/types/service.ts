import type { SharedContext } from "@velella/kernel";
import type { AnyEntity } from "../model/entity";
import type { Pluralize } from "../spec/pluralize";
import type { FiltersFor } from "./filters";
import type { CreateInput, FieldName, OrderFor, RelationName, UpdateInput } from "./inputs";
import type { InferTypeOf, KeyValue, SchemaOf } from "./rows";

/** The last parameter of service methods: whose transaction to join. */
type Context = SharedContext<unknown>;
type Key<Entity> = KeyValue<SchemaOf<Entity>>;

/** What a read returns of each row. */
export interface RetrieveConfig<Entity> {
  /** Columns, all by default; `"relation.column"` selects in a relation. */
  select?: readonly FieldName<Entity>[];
  /** Relations to bring along; `"albums.labels"` reaches further. */
  relations?: readonly RelationName<Entity>[];
  /** Also soft-deleted rows. Default false. */
  withDeleted?: boolean;
  /** Further filters, which the rows have to satisfy as well. */
  filters?: Record<string, unknown>;
}

/** Which part of the matching rows a read returns, and in which order. */
export interface ListConfig<Entity> extends RetrieveConfig<Entity> {
  /** At most so many rows; all where it is missing or null. */
  take?: number | null;
  /** Leaves out so many rows. Default 0. */
  skip?: number | null;
  /** `{ name: "ASC", artist: { name: "DESC" } }`. Default: by primary key, ascending. */
  order?: OrderFor<Entity>;
}

/** A change of all rows that match a filter. */
export interface SelectorUpdate<Entity> {
  selector: FiltersFor<Entity>;
  data: Partial<CreateInput<Entity>>;
}

/** Options of softDelete and restore. */
export interface ReturnKeysConfig {
  /** Linkable keys to return, such as `"artist_id"`; all by default. */
  returnLinkableKeys?: readonly string[];
}

/** Keys of the rows that a soft delete or a restore touched, cascades included: `{ artist_id: ["art_1"], album_id: […] }`. */
export type LinkableKeys = Record<string, string[]>;

/** Keys by which rows are deleted: one, several, or those of the rows that match a filter. */
export type DeleteSelector<Entity> = Key<Entity> | readonly Key<Entity>[] | FiltersFor<Entity>;

/** @throws `not_found` where no such row exists. */
export interface RetrieveMethod<Entity> {
  (id: Key<Entity>, config?: RetrieveConfig<Entity>, sharedContext?: Context): Promise<InferTypeOf<Entity>>;
}

/** All rows that match, without a limit unless `take` says one; none is an empty list. */
export interface ListMethod<Entity> {
  (filters?: FiltersFor<Entity>, config?: ListConfig<Entity>, sharedContext?: Context): Promise<InferTypeOf<Entity>[]>;
}

/** The page, and how many rows match without `take` and `skip`. */
export interface ListAndCountMethod<Entity> {
  (filters?: FiltersFor<Entity>, config?: ListConfig<Entity>, sharedContext?: Context): Promise<[InferTypeOf<Entity>[], number]>;
}

/** A list of rows makes a list, one row makes one. Missing values that the model requires are an error at run time. */
export interface CreateMethod<Entity> {
  (data: readonly Partial<CreateInput<Entity>>[], sharedContext?: Context): Promise<InferTypeOf<Entity>[]>;
  (data: Partial<CreateInput<Entity>>, sharedContext?: Context): Promise<InferTypeOf<Entity>>;
  (
    data: Partial<CreateInput<Entity>> | readonly Partial<CreateInput<Entity>>[],
    sharedContext?: Context,
  ): Promise<InferTypeOf<Entity> | InferTypeOf<Entity>[]>;
}

/** A list of changes gives a list of rows, one change gives one row, and a selector the list of the rows that matched. */
export interface UpdateMethod<Entity> {
  (data: readonly UpdateInput<Entity>[], sharedContext?: Context): Promise<InferTypeOf<Entity>[]>;
  (data: UpdateInput<Entity>, sharedContext?: Context): Promise<InferTypeOf<Entity>>;
  (data: SelectorUpdate<Entity> | readonly SelectorUpdate<Entity>[], sharedContext?: Context): Promise<InferTypeOf<Entity>[]>;
  (
    data: UpdateInput<Entity> | readonly UpdateInput<Entity>[],
    sharedContext?: Context,
  ): Promise<InferTypeOf<Entity> | InferTypeOf<Entity>[]>;
}

/** Deletes for good; keys that do not exist are no error. */
export interface DeleteMethod<Entity> {
  (selector: DeleteSelector<Entity>, sharedContext?: Context): Promise<void>;
}

/** Soft-deletes rows and those that their model's cascades name. */
export interface SoftDeleteMethod<Entity> {
  (selector: DeleteSelector<Entity>, config?: ReturnKeysConfig, sharedContext?: Context): Promise<LinkableKeys | void>;
}

/** Undoes a soft delete, cascades included. */
export interface RestoreMethod<Entity> {
  (selector: DeleteSelector<Entity>, config?: ReturnKeysConfig, sharedContext?: Context): Promise<LinkableKeys | void>;
}

/** Models by the names that methods are made of: `{ Artist, Album }`. */
export type ServiceModels = Record<string, AnyEntity>;

type One<K> = Capitalize<K & string>;
type Many<K> = Pluralize<One<K>>;

/** The eight methods per model that `ModuleService({ Artist })` generates: `retrieveArtist`, `listArtists` … */
export type GeneratedMethods<Models> = {
  [K in keyof Models as `retrieve${One<K>}`]: RetrieveMethod<Models[K]>;
} & {
  [K in keyof Models as `list${Many<K>}`]: ListMethod<Models[K]>;
} & {
  [K in keyof Models as `listAndCount${Many<K>}`]: ListAndCountMethod<Models[K]>;
} & {
  [K in keyof Models as `create${Many<K>}`]: CreateMethod<Models[K]>;
} & {
  [K in keyof Models as `update${Many<K>}`]: UpdateMethod<Models[K]>;
} & {
  [K in keyof Models as `delete${Many<K>}`]: DeleteMethod<Models[K]>;
} & {
  [K in keyof Models as `softDelete${Many<K>}`]: SoftDeleteMethod<Models[K]>;
} & {
  [K in keyof Models as `restore${Many<K>}`]: RestoreMethod<Models[K]>;
};

/**
 * The class that `ModuleService({ … })` returns, to be extended.
 *
 * @typeParam Base What the class has beside the generated methods.
 */
export interface ModuleServiceClass<Models, Base = object> {
  new (...args: unknown[]): GeneratedMethods<Models> & Base;
  /** The models that the class was made from, by name. */
  readonly $modelObjects: Models;
}
