import type { ModelSpec } from "@velella/data";

/**
 * What a link *is*, as plain frozen data, once it is known which modules are loaded. Tables, edges of the graph
 * and the link service are derived from it.
 */

/** A name on one side of a link that leads further: `prices` for `price_set.prices`. */
export interface LinkForward {
  readonly name: string;
  /** Path from the linked record: `["prices"]`. */
  readonly path: readonly string[];
  readonly many: boolean;
}

/** As PostgreSQL calls it. */
export type LinkKeyType = "text" | "integer";

/** The key of a linked record. */
export type LinkId = string | number;

/** One of the two models that a link joins, and how the other one reads it. */
export interface LinkSide {
  /** Key of the module. */
  readonly module: string;
  /** PascalCase name of the model. */
  readonly model: string;
  /** Table of the model; it may be absent where the module keeps its data elsewhere. */
  readonly table: string;
  /** Column of the link table, and the key that `link.create` takes: `product_id`. */
  readonly key: string;
  /** Column of the model that `key` refers to. */
  readonly primaryKey: string;
  /** What that column holds, and so the key: texts, or whole numbers. */
  readonly keyType: LinkKeyType;
  /** Name of the record on a row of the link. */
  readonly alias: string;
  /** Whether a record of the other side may be linked with several of these. */
  readonly isList: boolean;
  /** Whether these are deleted together with the record of the other side that they are linked with. */
  readonly deleteCascade: boolean;
  /** Columns of the model by which indexes may filter; every column can be filtered by in a query. */
  readonly filterable: readonly string[];
  /** Name under which the other side reads this one; undefined where it is not to be seen. */
  readonly field: string | undefined;
  /** Whether that name gives an array. */
  readonly many: boolean;
  /** Name under which the other side reads the rows of the link itself. */
  readonly linkField: string;
  readonly linkMany: boolean;
  /** Further names on the other side, leading through this one. */
  readonly forwards: readonly LinkForward[];
}

/** A column of a link table beside the two keys. */
export interface LinkColumn {
  readonly name: string;
  readonly sqlType: string;
  readonly nullable: boolean;
  /** Default as the definition gives it: a literal. */
  readonly default: string | number | boolean | null | undefined;
}

/** A link that is a table of its own. */
export interface TableLinkSpec {
  readonly kind: "table";
  /** Source file of the definition; empty when it is not known. */
  readonly file: string;
  /** `ProductProductReviewReviewLink` */
  readonly serviceName: string;
  /** `LinkProductProductReviewReview` */
  readonly entity: string;
  /** Name of the link in `query.graph`: `product_review`. */
  readonly entryPoint: string;
  readonly aliases: readonly string[];
  readonly table: string;
  readonly idPrefix: string;
  readonly columns: readonly LinkColumn[];
  readonly sides: readonly [LinkSide, LinkSide];
  /** The link table as a model, so that a query can treat a link like any entity. */
  readonly model: ModelSpec;
}

/** A link by a key that one side holds already: no table. */
export interface ReadOnlyLinkSpec {
  readonly kind: "readOnly";
  readonly file: string;
  /** The side that gets the new name. */
  readonly from: { readonly module: string; readonly model: string; readonly field: string };
  /** The side that is read. Without a model it is virtual: the module's `list` method is its source. */
  readonly to: { readonly module: string; readonly model: string | undefined; readonly primaryKey: string };
  readonly name: string;
  /** `true`: an array. `"auto"`: an array as soon as there are several. */
  readonly many: boolean | "auto";
}

/** A link as it is registered at boot, with every name settled; told apart by `kind`. */
export type LinkSpec = TableLinkSpec | ReadOnlyLinkSpec;
