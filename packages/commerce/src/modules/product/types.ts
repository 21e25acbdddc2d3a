import type { InferRecordOf } from "@velella/data";
import type { BigNumberInput } from "@velella/kernel";
import type {
  Product,
  ProductCategory,
  ProductCollection,
  ProductImage,
  ProductOption,
  ProductOptionValue,
  ProductTag,
  ProductType,
  ProductVariant,
} from "./models";

/** How far a product is; only published ones are seen in stores. */
export enum ProductStatus {
  DRAFT = "draft",
  PROPOSED = "proposed",
  PUBLISHED = "published",
  REJECTED = "rejected",
}

/** Free data beside a record. */
export type Metadata = Record<string, unknown> | null;

/** What describes the goods, of products and variants alike. */
interface Customs {
  weight?: number | null;
  length?: number | null;
  height?: number | null;
  width?: number | null;
  hs_code?: string | null;
  mid_code?: string | null;
  origin_country?: string | null;
  material?: string | null;
  metadata?: Metadata;
}

/** A new option with its values, or an existing one by id (with those of its values that the product uses; all by default). */
export type ProductOptionInput =
  | { title: string; values: string[]; ranks?: Record<string, number>; is_exclusive?: boolean; metadata?: Metadata }
  | { id: string; value_ids?: string[] };

/**
 * A picture of a product; its `rank` is its place in the list, unless a product that is made says otherwise. In a change, one
 * with an id or a URL that the product has already stays.
 */
export interface ProductImageInput {
  id?: string;
  /** Required for a new image. */
  url?: string;
  rank?: number;
  metadata?: Metadata;
}

/**
 * A variant to be made, of a product that it names or along with one.
 *
 * @throws `invalid_data` from the service, for a sku that is taken and for values that an option does not have
 */
export interface CreateProductVariantInput extends Customs {
  id?: string;
  /** The product it belongs to; one that is made along with its product has it from there. */
  product_id?: string;
  title: string;
  /** Unique among variants, as are `barcode`, `ean` and `upc`. */
  sku?: string | null;
  barcode?: string | null;
  ean?: string | null;
  upc?: string | null;
  thumbnail?: string | null;
  /** Whether it may be ordered while none is in stock; kept for clients, nothing here counts stock. Default: false. */
  allow_backorder?: boolean;
  /** Whether its stock is to be counted; kept for clients, nothing here does. Default: true. */
  manage_inventory?: boolean;
  /** Its place among the variants of the product; 0 by default. */
  variant_rank?: number;
  /** A value per option, both by their text: `{ Size: "M" }`. */
  options?: Record<string, string>;
}

/** What of a variant is changed; what is left out stays. */
export type UpdateProductVariantInput = Partial<CreateProductVariantInput>;

/**
 * A product to be made, with its options, variants and images.
 *
 * @throws `invalid_data` from the service, for a handle that is taken or cannot stand in a URL
 */
export interface CreateProductInput extends Customs {
  id?: string;
  title: string;
  subtitle?: string | null;
  description?: string | null;
  /** Default: false. */
  is_giftcard?: boolean;
  /** Whether promotions may apply to it; kept for clients, nothing here makes any. Default: true. */
  discountable?: boolean;
  /** URL of the picture for lists; that of the first image by default. */
  thumbnail?: string | null;
  /** Made from the title when absent. */
  handle?: string | null;
  /** Default: `draft`; stores see `published` ones only. */
  status?: `${ProductStatus}` | null;
  /** What another system knows it by. */
  external_id?: string | null;
  /** Id of its type; a product has one at most. */
  type_id?: string | null;
  /** Id of its collection; a product is in one at most. */
  collection_id?: string | null;
  tag_ids?: string[];
  category_ids?: string[];
  /** In the order in which they are shown. */
  images?: ProductImageInput[];
  options?: ProductOptionInput[];
  variants?: CreateProductVariantInput[];
}

/** Lists replace what there was: images, tags, categories, options, variants. */
export interface UpdateProductInput extends Omit<Partial<CreateProductInput>, "options" | "variants"> {
  /** All options that the product has from now on, by their ids. */
  option_ids?: string[];
  /** With an id: changed; without: added. Variants that are not named are removed. */
  variants?: UpdateProductVariantInput[];
}

/** A price of a variant, as the flows take it. */
export interface VariantPriceInput {
  /** Of a price of the variant, which is then changed. */
  id?: string;
  currency_code: string;
  amount: BigNumberInput;
  /** From this quantity on; from any by default. */
  min_quantity?: BigNumberInput | null;
  /** Up to this quantity; without an end by default. */
  max_quantity?: BigNumberInput | null;
  /** Values by attribute, such as `{ region_id: "reg_1" }`. */
  rules?: Record<string, string>;
}

/** An option to be made, with its values. Shared ones have each a title of their own. */
export interface CreateProductOptionInput {
  title: string;
  /** The texts that can be chosen; each at most once. */
  values: string[];
  /** The place of values in lists, by their text. */
  ranks?: Record<string, number>;
  /** Whether the option belongs to one product. Options made on their own are shared by default. */
  is_exclusive?: boolean;
  metadata?: Metadata;
}

/** A category to be made; the parent has to be there, or to come before it in the list. */
export interface CreateProductCategoryInput {
  id?: string;
  name: string;
  description?: string;
  /** Made from the name when absent. */
  handle?: string;
  /** Whether stores see it. Default: false. */
  is_active?: boolean;
  /** Hides it from stores also while it is active. Default: false. */
  is_internal?: boolean;
  /** Place among its siblings, from 0; the last one by default. */
  rank?: number;
  /** Undefined or null for one at the top of the tree. */
  parent_category_id?: string | null;
  external_id?: string | null;
  metadata?: Metadata;
}

/**
 * A collection to be made.
 *
 * @throws `invalid_data` from the service, where another one has the handle
 */
export interface CreateProductCollectionInput {
  id?: string;
  title: string;
  /** Made from the title when absent. */
  handle?: string;
  external_id?: string | null;
  metadata?: Metadata;
}

/** Tags and types. */
export interface ValueInput {
  id?: string;
  value: string;
  external_id?: string | null;
  metadata?: Metadata;
}

// Records are rows as services and flows hand them on: what the models say, and nothing besides.

export interface ProductOptionValueRecord extends InferRecordOf<typeof ProductOptionValue> {}
export interface ProductOptionRecord extends InferRecordOf<typeof ProductOption> {}
export interface ProductVariantRecord extends InferRecordOf<typeof ProductVariant> {}
export interface ProductImageRecord extends InferRecordOf<typeof ProductImage> {}
export interface ProductTagRecord extends InferRecordOf<typeof ProductTag> {}
export interface ProductTypeRecord extends InferRecordOf<typeof ProductType> {}
export interface ProductCollectionRecord extends InferRecordOf<typeof ProductCollection> {}
export interface ProductCategoryRecord extends InferRecordOf<typeof ProductCategory> {}
export interface ProductRecord extends InferRecordOf<typeof Product> {}
