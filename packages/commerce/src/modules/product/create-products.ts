import type { SharedContext } from "@velella/kernel";
import { generateEntityId } from "@velella/kernel";
import { productErrors } from "./errors";
import { isValidHandle, toHandle } from "./handle";
import { giveOptions } from "./product-options";
import { createVariants } from "./product-variants";
import type { ProductRecords } from "./records";
import type { CreateProductInput, ProductRecord } from "./types";

/** Creates products with all that belongs to them. */
export async function createProducts(
  records: ProductRecords,
  inputs: readonly CreateProductInput[],
  context: SharedContext,
): Promise<ProductRecord[]> {
  if (!inputs.length) return [];
  await refuseUnknownTags(records, inputs, context);
  const withIds = inputs.map((input) => ({ ...input, id: generateEntityId(input.id, "prod") }));
  await records.products.create(withIds.map(productRow), context);
  const options = await giveOptions(
    records,
    withIds.map(({ id, options = [] }) => ({ product_id: id, options })),
    context,
  );
  const variants = withIds.flatMap(({ id, variants = [] }) => variants.map((variant) => ({ ...variant, product_id: id })));
  await createVariants(records, variants, context, options);
  return readProducts(
    records,
    withIds.map(({ id }) => id),
    context,
  );
}

/** Products with what the flows give on, in the order of the ids. */
export async function readProducts(records: ProductRecords, ids: readonly string[], context: SharedContext): Promise<ProductRecord[]> {
  const relations = ["type", "collection", "tags", "categories", "images", "options", "options.values", "variants", "variants.options"];
  const rows = (await records.products.list({ id: ids }, { relations }, context)) as unknown as ProductRecord[];
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)!);
}

function productRow({
  tag_ids,
  category_ids,
  images,
  options: _options,
  variants: _variants,
  ...product
}: CreateProductInput): Record<string, unknown> {
  return {
    ...product,
    handle: handleOf(product),
    status: product.status ?? "draft",
    thumbnail: product.thumbnail ?? images?.[0]?.url ?? null,
    ...(tag_ids && { tags: tag_ids }),
    ...(category_ids && { categories: category_ids }),
    ...(images && { images: images.map(({ id: _id, ...image }, rank) => ({ rank, ...image })) }),
  };
}

/** The handle given, or one made from the title. */
export function handleOf({ handle, title }: { handle?: string | null; title: string }): string {
  if (!handle) return toHandle(title);
  refuseInvalidHandle(handle);
  return handle;
}

/** @throws invalid_data for a handle that cannot stand in a URL as it is. */
export function refuseInvalidHandle(handle: string): void {
  if (!isValidHandle(handle)) throw productErrors.invalidHandle(handle);
}

/** Foreign keys would refuse them as well, but in words that name a table. */
export async function refuseUnknownTags(
  records: ProductRecords,
  inputs: readonly { tag_ids?: string[] }[],
  context: SharedContext,
): Promise<void> {
  const ids = [...new Set(inputs.flatMap(({ tag_ids = [] }) => tag_ids))];
  if (!ids.length) return;
  const found = await records.tags.list({ id: ids }, { select: ["id"] }, context);
  const known = new Set(found.map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw productErrors.unknownTag(missing);
}
