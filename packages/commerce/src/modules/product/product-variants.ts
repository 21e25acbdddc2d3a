import type { SharedContext } from "@velella/kernel";
import { productErrors } from "./errors";
import { optionsOfProducts } from "./product-options";
import type { ProductRecords } from "./records";
import type { CreateProductVariantInput, ProductOptionRecord, ProductVariantRecord, UpdateProductVariantInput } from "./types";

/** Per product: its options with the values that it uses. */
export type OptionsByProduct = ReadonlyMap<string, readonly ProductOptionRecord[]>;

/**
 * Creates variants of products.
 *
 * @param known The options of the products, where they were just made; read otherwise.
 * @throws invalid_data for a value that the product does not have, and for a choice of values that exists already.
 */
export async function createVariants(
  records: ProductRecords,
  inputs: readonly CreateProductVariantInput[],
  context: SharedContext,
  known?: OptionsByProduct,
): Promise<ProductVariantRecord[]> {
  if (!inputs.length) return [];
  const nameless = inputs.find(({ product_id }) => !product_id);
  if (nameless) throw productErrors.productIdMissing(nameless.title);
  const products = [...new Set(inputs.map(({ product_id }) => product_id!))];
  const options = known ?? (await optionsOfProducts(records, products, context));
  const rows = inputs.map(({ options: choice, ...variant }) => ({
    ...variant,
    product_id: variant.product_id!,
    options: choice ? valueIds(choice, options.get(variant.product_id!) ?? []) : [],
  }));
  await refuseTaken(records, rows, context);
  const created = (await records.variants.create(rows, context)) as { id: string }[];
  return readVariants(
    records,
    created.map(({ id }) => id),
    context,
  );
}

/** Changes variants; a choice of options replaces the former one. */
export async function updateVariants(
  records: ProductRecords,
  changes: readonly (UpdateProductVariantInput & { id: string })[],
  context: SharedContext,
): Promise<ProductVariantRecord[]> {
  const choosing = changes.filter(({ options }) => options);
  const current = choosing.length
    ? ((await records.variants.list(
        { id: choosing.map(({ id }) => id) },
        { select: ["id", "title", "product_id"] },
        context,
      )) as unknown as {
        id: string;
        title: string;
        product_id: string;
      }[])
    : [];
  const productOf = new Map(current.map((variant) => [variant.id, variant]));
  const options = await optionsOfProducts(records, [...new Set(current.map(({ product_id }) => product_id))], context);
  const rows = changes.map(({ options: choice, ...change }) => {
    const variant = productOf.get(change.id);
    if (!choice || !variant) return change;
    return { ...change, options: valueIds(choice, options.get(variant.product_id) ?? []) };
  });
  const chosen = rows.flatMap((row) => {
    const variant = productOf.get(row.id);
    return "options" in row && variant ? [{ ...row, product_id: variant.product_id, title: row.title ?? variant.title }] : [];
  });
  await refuseTaken(records, chosen, context);
  await records.variants.update(rows, context);
  return readVariants(
    records,
    changes.map(({ id }) => id),
    context,
  );
}

/** Variants with what the flows give on, in the order of the ids. */
export async function readVariants(
  records: ProductRecords,
  ids: readonly string[],
  context: SharedContext,
): Promise<ProductVariantRecord[]> {
  const rows = (await records.variants.list(
    { id: ids },
    { relations: ["options", "options.option", "images"] },
    context,
  )) as unknown as ProductVariantRecord[];
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)!);
}

function valueIds(choice: Record<string, string>, options: readonly ProductOptionRecord[]): string[] {
  return Object.entries(choice).map(([title, value]) => {
    const found = options.find((option) => option.title === title)?.values.find((candidate) => candidate.value === value);
    if (!found) throw productErrors.unknownOptionValue(value, title);
    return found.id;
  });
}

interface Chosen {
  id?: string;
  title: string;
  product_id: string;
  options: string[];
}

/** Refuses a choice of values that another variant of the product has. */
async function refuseTaken(records: ProductRecords, rows: readonly Chosen[], context: SharedContext): Promise<void> {
  const choosing = rows.filter(({ options }) => options.length);
  if (!choosing.length) return;
  const existing = (await records.variants.list(
    { product_id: [...new Set(choosing.map(({ product_id }) => product_id))] },
    { select: ["id", "title", "product_id", "options.id"], relations: ["options"] },
    context,
  )) as unknown as { id: string; title: string; product_id: string; options: { id: string }[] }[];
  const keyOf = (product: string, values: readonly string[]) => `${product}:${[...values].sort().join()}`;
  const taken = new Map(
    existing.map((variant) => [
      keyOf(
        variant.product_id,
        variant.options.map(({ id }) => id),
      ),
      variant,
    ]),
  );
  for (const { id, product_id, options } of choosing) {
    const other = taken.get(keyOf(product_id, options));
    if (other && other.id !== id) throw productErrors.variantExists(other.title);
  }
}
