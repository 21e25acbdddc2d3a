import type { SharedContext } from "@velella/kernel";
import { mergeMetadata } from "../metadata";
import { readProducts, refuseInvalidHandle, refuseUnknownTags } from "./create-products";
import { addOptionsToProducts, removeOptionsFromProducts } from "./product-options";
import { createVariants, updateVariants } from "./product-variants";
import type { ProductRecords } from "./records";
import type { ProductImageInput, ProductRecord, UpdateProductInput } from "./types";

type Change = UpdateProductInput & { id: string };

/** Changes products; lists replace what there was. */
export async function updateProducts(
  records: ProductRecords,
  changes: readonly Change[],
  context: SharedContext,
): Promise<ProductRecord[]> {
  if (!changes.length) return [];
  for (const { handle } of changes) if (handle) refuseInvalidHandle(handle);
  await refuseUnknownTags(records, changes, context);
  const rows = (await withMergedMetadata(records, changes, context)).map(
    ({ tag_ids, category_ids, images: _images, option_ids: _options, variants: _variants, handle, ...product }) => ({
      ...product,
      ...(handle && { handle }),
      ...(tag_ids && { tags: tag_ids }),
      ...(category_ids && { categories: category_ids }),
    }),
  );
  await records.products.update(rows, context);
  for (const { id, images, option_ids, variants } of changes) {
    if (images) await replaceImages(records, id, images, context);
    if (option_ids) await replaceOptions(records, id, option_ids, context);
    if (variants) await replaceVariants(records, id, variants, context);
  }
  return readProducts(
    records,
    changes.map(({ id }) => id),
    context,
  );
}

async function withMergedMetadata(records: ProductRecords, changes: readonly Change[], context: SharedContext): Promise<Change[]> {
  const ids = changes.filter(({ metadata }) => metadata).map(({ id }) => id);
  if (!ids.length) return [...changes];
  const rows = (await records.products.list({ id: ids }, { select: ["id", "metadata"] }, context)) as unknown as ProductRecord[];
  const former = new Map(rows.map(({ id, metadata }) => [id, metadata]));
  return changes.map((change) =>
    change.metadata ? { ...change, metadata: mergeMetadata(former.get(change.id), change.metadata) } : change,
  );
}

/** Images are known by their id, or else by their URL; their rank is their place in the list. */
async function replaceImages(
  records: ProductRecords,
  product_id: string,
  images: readonly ProductImageInput[],
  context: SharedContext,
): Promise<void> {
  const existing = (await records.images.list({ product_id }, {}, context)) as unknown as { id: string; url: string }[];
  const byKey = new Map(existing.flatMap((image) => [[image.id, image] as const, [image.url, image] as const]));
  const kept = new Set<string>();
  const fresh: Record<string, unknown>[] = [];
  const changed: Record<string, unknown>[] = [];
  images.forEach((image, rank) => {
    const found = image.id ? byKey.get(image.id) : byKey.get(image.url ?? "");
    if (!found || kept.has(found.id)) return void fresh.push({ ...image, id: undefined, rank, product_id });
    kept.add(found.id);
    changed.push({ ...image, id: found.id, rank });
  });
  const gone = existing.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  if (gone.length) await records.images.softDelete(gone, {}, context);
  if (changed.length) await records.images.update(changed, context);
  if (fresh.length) await records.images.create(fresh, context);
}

async function replaceOptions(
  records: ProductRecords,
  product_id: string,
  options: readonly string[],
  context: SharedContext,
): Promise<void> {
  const existing = (await records.productOptions.list({ product_id }, {}, context)) as unknown as { product_option_id: string }[];
  const current = existing.map(({ product_option_id }) => product_option_id);
  const pair = (product_option_id: string) => ({ product_id, product_option_id });
  await removeOptionsFromProducts(records, current.filter((id) => !options.includes(id)).map(pair), context);
  await addOptionsToProducts(records, options.filter((id) => !current.includes(id)).map(pair), context);
}

async function replaceVariants(
  records: ProductRecords,
  product_id: string,
  variants: NonNullable<UpdateProductInput["variants"]>,
  context: SharedContext,
): Promise<void> {
  const existing = (await records.variants.list({ product_id }, { select: ["id"] }, context)) as unknown as { id: string }[];
  const named = new Set(variants.flatMap(({ id }) => (id ? [id] : [])));
  const gone = existing.filter(({ id }) => !named.has(id)).map(({ id }) => id);
  if (gone.length) await records.variants.softDelete(gone, {}, context);
  const changed = variants.filter((variant): variant is typeof variant & { id: string } => !!variant.id);
  if (changed.length) await updateVariants(records, changed, context);
  const fresh = variants.filter(({ id }) => !id).map((variant) => ({ ...variant, title: variant.title ?? "", product_id }));
  await createVariants(records, fresh, context);
}
