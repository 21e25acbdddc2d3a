import type { GraphResult } from "@velella/framework";
import type { AppRequest } from "@velella/framework/http";
import { readRecord } from "../../read-records";

interface PriceRow {
  id: string;
  price_rules?: { attribute?: string; value?: string }[];
  [column: string]: unknown;
}

interface ImageRow {
  id: string;
  product_id: string;
  variants?: { id: string }[];
}

/** A variant as `query.graph` gives it. `prices` is missing where the request did not choose it, and so are images. */
export interface VariantRow {
  id: string;
  prices?: PriceRow[];
  images?: ImageRow[];
  [field: string]: unknown;
}

/** A product as `query.graph` gives it, with the fields that the request chose. */
export interface ProductRow {
  id: string;
  variants?: VariantRow[];
  [field: string]: unknown;
}

/** What of a price clients get, and in which order. */
const priceColumns = ["id", "amount", "currency_code", "min_quantity", "max_quantity", "variant_id", "created_at", "updated_at"] as const;

/** The fields that the query string chose, with what {@link toProducts} needs to know of them. */
export function productFieldsFor(req: AppRequest): string[] {
  return withPricesAndOptions(req.queryConfig.fields, "variants.");
}

/** The same for variants on their own. */
export function variantFieldsFor(req: AppRequest): string[] {
  return withPricesAndOptions(req.queryConfig.fields, "");
}

function withPricesAndOptions(fields: readonly string[], prefix: string): string[] {
  const added = new Set(fields);
  if (fields.some((field) => field.startsWith(`${prefix}prices.`))) {
    added.add(`${prefix}id`);
    added.add(`${prefix}prices.price_rules.attribute`);
    added.add(`${prefix}prices.price_rules.value`);
  }
  // A value of a variant says which option it belongs to.
  if (added.has(`${prefix}options.*`)) added.add(`${prefix}options.option.*`);
  return [...added];
}

/** Products as the API gives them: prices in short, and with each variant the images that it shows. */
export async function toProducts(req: AppRequest, rows: ProductRow[]): Promise<ProductRow[]> {
  const products = rows.map((product) => (product.variants ? { ...product, variants: product.variants.map(toVariant) } : product));
  const showImages = req.queryConfig.fields.some((field) => field.startsWith("variants.images"));
  return showImages ? withVariantImages(req, products) : products;
}

/** A variant with its prices in short. */
export function toVariant(variant: VariantRow): VariantRow {
  if (!("prices" in variant)) return variant;
  const prices = (variant.prices ?? []).map((price): PriceRow => {
    const row: Record<string, unknown> = { ...price, variant_id: variant.id };
    const shown = Object.fromEntries(priceColumns.filter((column) => column in row).map((column) => [column, row[column]]));
    const rules = Object.fromEntries((price.price_rules ?? []).map(({ attribute, value }) => [attribute, value]));
    return { ...shown, rules } as unknown as PriceRow;
  });
  return { ...variant, prices };
}

/** An image of a product that is assigned to no variant is shown with all of them. */
async function withVariantImages(req: AppRequest, products: ProductRow[]): Promise<ProductRow[]> {
  const withVariants = products.filter(({ variants }) => variants?.length);
  if (!withVariants.length) return products;
  const { data } = await req.scope.resolve("query").graph({
    entity: "product_image",
    fields: ["*", "variants.id"],
    filters: { product_id: withVariants.map(({ id }) => id) },
    pagination: { order: { rank: "ASC" } },
  });
  const images = data as unknown as ImageRow[];
  if (!images.length) return products;
  return products.map((product) => ({
    ...product,
    ...(product.variants && {
      variants: product.variants.map((variant) => {
        const own = images.filter(
          (image) => image.product_id === product.id && (!image.variants?.length || image.variants.some(({ id }) => id === variant.id)),
        );
        return { ...variant, images: own.map(({ variants: _variants, ...image }) => image) };
      }),
    }),
  }));
}

/** A product as the API gives it; undefined when there is none. */
export async function readProduct(req: AppRequest, id: string): Promise<GraphResult["data"][number]> {
  const row = await readRecord(req, "product", { id, fields: productFieldsFor(req) });
  return row && (await toProducts(req, [row]))[0];
}

/** Filters as the graph takes them: what clients name by id are relations. */
export function productFiltersOf(filters: Record<string, unknown>): Record<string, unknown> {
  const { category_id, tag_id, option_id, option_value_id, sales_channel_id, price_list_id, ...rest } = filters;
  const result: Record<string, unknown> = { ...rest };
  const by = (relation: string, id: unknown) => {
    if (id !== undefined) result[relation] = { ...(result[relation] as object | undefined), id };
  };
  by("categories", category_id);
  by("tags", tag_id);
  by("options", option_id);
  // The rows of the link hold the ids already.
  if (sales_channel_id !== undefined) result.sales_channels_link = { sales_channel_id };
  if (option_value_id !== undefined) result.variants = { ...(rest.variants as object | undefined), options: { id: option_value_id } };
  if (price_list_id !== undefined) {
    result.variants = { ...(result.variants as object | undefined), price_set: { prices: { price_list_id } } };
  }
  return result;
}

/** Products as the API gives them, in the order of the records. */
export function readProducts(req: AppRequest, records: readonly { id: string }[]): Promise<ProductRow[]> {
  return readInOrder(req, "product", records, productFieldsFor(req), (rows) => toProducts(req, rows));
}

/** Variants as the API gives them, in the order of the records. */
export function readVariants(req: AppRequest, records: readonly { id: string }[]): Promise<VariantRow[]> {
  return readInOrder(req, "product_variant", records, variantFieldsFor(req), (rows) => rows.map(toVariant));
}

async function readInOrder<Row extends { id: string }>(
  req: AppRequest,
  entity: string,
  records: readonly { id: string }[],
  fields: string[],
  present: (rows: Row[]) => Row[] | Promise<Row[]>,
): Promise<Row[]> {
  if (!records.length) return [];
  const { data } = await req.scope.resolve("query").graph({ entity, fields, filters: { id: records.map(({ id }) => id) } });
  const byId = new Map((await present(data)).map((row) => [row.id, row]));
  return records.flatMap(({ id }) => byId.get(id) ?? []);
}
