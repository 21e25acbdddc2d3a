import type { Edge, EdgeResolver, ModelSpec } from "@velella/data";
import type { Container, SqlConnection } from "@velella/kernel";
import type { LinkSpec } from "../links/link-spec";

/**
 * The graph: what `query.graph` can reach. Entities are the models of all modules, the links between them, and
 * virtual models; edges lead from one to another. It is built once at boot and never changes.
 */

/** What a computed field gets to work with. */
export interface LoadContext {
  /** The fields asked for below the computed field; `"*"` for all. Nested ones as paths: `calculated_price.id`. */
  readonly fields: readonly string[];
  /** What the query's `context` has at this field's path, such as a `QueryContext`. */
  readonly context: unknown;
  readonly container: Container;
}

/** Values of a field that no table has, for many rows in one call. */
export interface ComputedJoin {
  /** PascalCase name of the model that gets the field. */
  readonly entity: string;
  readonly field: string;
  /** Columns of the row that `load` needs. */
  readonly requires: readonly string[];
  /**
   * Called once for all rows of a query. Returns one value per row, in their order; undefined leaves the field out.
   *
   * @param rows The rows, with at least the columns of `requires`.
   */
  load(rows: readonly Record<string, unknown>[], args: LoadContext): Promise<readonly unknown[]> | readonly unknown[];
}

/** Another name for something further away: `calculated_price` for `price_set.calculated_price`. */
export interface ForwardJoin {
  readonly entity: string;
  readonly field: string;
  /** Path from the entity, over relations, links and computed fields. */
  readonly path: string;
  /** Whether the name gives an array. Default: false. */
  readonly many?: boolean;
}

/** A field that no table has; a `path` tells the two apart. */
export type GraphJoin = ComputedJoin | ForwardJoin;

/** A module as the graph sees it. */
export interface GraphModule {
  readonly key: string;
  readonly models: readonly ModelSpec[];
  /** The module's service, asked for when it is first needed. */
  readonly service: () => object;
  /** The database of the module's tables; undefined for a module whose methods are its only source. */
  readonly connection: SqlConnection | undefined;
  /** Names in `query.graph` beside the models' own (snake and camel case, singular and plural): `{ variant: "ProductVariant" }`. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly joins?: readonly GraphJoin[];
}

/** What a graph is built of. */
export interface GraphInput {
  readonly modules: readonly GraphModule[];
  readonly links: readonly LinkSpec[];
  /** The database of the link tables. Modules on it are read in the same statement. */
  readonly connection: SqlConnection;
}

/** Something that `query.graph` can be asked for. */
export interface GraphEntity {
  /** PascalCase name of the model, or of the link. */
  readonly name: string;
  /** Key of the module; `link_modules` for links. */
  readonly module: string;
  /** Undefined for a virtual model. */
  readonly spec: ModelSpec | undefined;
  readonly primaryKey: readonly string[];
  /** Name of its plural in the names of service methods; for `list<Plural>`. */
  readonly plural: string;
  /** `sql`: read by statements. `service`: read through the module's own `list` method. */
  readonly source: "sql" | "service";
  readonly service: () => object;
  readonly edges: Map<string, GraphEdge>;
}

/** A way to an entity that a statement can go, unless one of the ends is read through its service. */
export interface RecordEdge {
  readonly kind: "record";
  readonly name: string;
  readonly origin: "relation" | "link" | "linkRow" | "readOnly";
  readonly target: GraphEntity;
  /** `"auto"`: one record as itself, several as an array. */
  readonly many: boolean | "auto";
  /** For statements. */
  readonly edge: Edge;
  /** Column of this entity that holds the key by which the other one is found. */
  readonly from: string;
  /** Column of the other one that it equals; undefined where a link table stands between. */
  readonly to: string | undefined;
  /** The same way in steps by key, for ends outside of the statement. */
  readonly steps: readonly string[] | undefined;
  /** Whether `from` is part of the answer when the edge is asked for. */
  readonly showsKey: boolean;
}

/** Another name for what lies at the end of a path; see {@link ForwardJoin}. */
export interface ForwardEdge {
  readonly kind: "forward";
  readonly name: string;
  readonly path: readonly string[];
  readonly many: boolean;
}

/** A field whose values come from `join.load`, after the rows. Filters and orders cannot use it. */
export interface ComputedEdge {
  readonly kind: "computed";
  readonly name: string;
  readonly join: ComputedJoin;
}

/** What a field's name leads to, where it is no column. */
export type GraphEdge = RecordEdge | ForwardEdge | ComputedEdge;

/** What `query.graph` can reach in one app. `connection` is the database of the link tables. */
export interface Graph {
  readonly connection: SqlConnection;
  readonly entities: readonly GraphEntity[];
  /** By every name that `query.graph` takes. */
  readonly byAlias: ReadonlyMap<string, GraphEntity>;
  readonly bySpec: ReadonlyMap<ModelSpec, GraphEntity>;
  /** Tells the SQL compiler of all edges. One function for the life of the graph: compiled statements are kept by it. */
  readonly edges: EdgeResolver;
  /** Names that links could not take, a sentence each. */
  readonly conflicts: readonly string[];
}
