import type { CreateProductWithPrices } from "../../../flows/product/create-products";

/** A body as the flows take it: tags and categories by their ids alone. */
export function toProductInput(body: Record<string, unknown>): CreateProductWithPrices {
  const { tags, categories, ...product } = body as Record<string, unknown> & { tags?: { id: string }[]; categories?: { id: string }[] };
  return {
    ...product,
    ...(tags && { tag_ids: tags.map(({ id }) => id) }),
    ...(categories && { category_ids: categories.map(({ id }) => id) }),
  } as unknown as CreateProductWithPrices;
}
