import type { SharedContext } from "@velella/kernel";
import { productErrors } from "./errors";
import type { ProductRecords } from "./records";
import type { CreateProductOptionInput, ProductOptionInput, ProductOptionRecord, ProductOptionValueRecord } from "./types";

/** An option of a product, and which of its values the product uses. */
export interface ProductOptionPair {
  product_id: string;
  product_option_id: string;
  /** All values of the option when absent. */
  product_option_value_ids?: string[];
}

/** Options with their values, as the models take them. */
export function optionRows(inputs: readonly CreateProductOptionInput[], exclusiveByDefault: boolean): Record<string, unknown>[] {
  return inputs.map(({ values, ranks = {}, is_exclusive = exclusiveByDefault, ...option }) => ({
    ...option,
    is_exclusive,
    values: values.map((value) => ({ value, rank: ranks[value] ?? null })),
  }));
}

/** Creates options with their values. Options made on their own are shared by default. */
export async function createOptions(
  records: ProductRecords,
  inputs: readonly CreateProductOptionInput[],
  context: SharedContext,
): Promise<ProductOptionRecord[]> {
  return (await records.options.create(optionRows(inputs, false), context)) as unknown as ProductOptionRecord[];
}

/**
 * Gives products the options that were asked for: new ones belong to them alone, existing ones are shared.
 *
 * @param wanted Per product, what its input says.
 * @returns The options of each product with the values that it uses, in the order given.
 */
export async function giveOptions(
  records: ProductRecords,
  wanted: readonly { product_id: string; options: readonly ProductOptionInput[] }[],
  context: SharedContext,
): Promise<Map<string, ProductOptionRecord[]>> {
  const fresh = wanted.flatMap(({ options }) => options.filter((option): option is CreateProductOptionInput => !("id" in option)));
  const created = fresh.length
    ? ((await records.options.create(optionRows(fresh, true), context)) as unknown as ProductOptionRecord[])
    : [];
  const newByInput = new Map(fresh.map((input, index) => [input, created[index]!]));
  const existing = await findOptions(
    records,
    wanted.flatMap(({ options }) => options.flatMap((option) => ("id" in option ? [option.id] : []))),
    context,
  );

  const result = new Map<string, ProductOptionRecord[]>();
  const pairs: Required<ProductOptionPair>[] = [];
  for (const { product_id, options } of wanted) {
    const used = options.map((input) => {
      const option = "id" in input ? withValues(existing.get(input.id)!, input.value_ids) : newByInput.get(input)!;
      pairs.push({ product_id, product_option_id: option.id, product_option_value_ids: option.values.map(({ id }) => id) });
      return option;
    });
    result.set(product_id, used);
  }
  await linkOptions(records, pairs, context);
  return result;
}

/** Options by id, with their values. */
async function findOptions(
  records: ProductRecords,
  ids: readonly string[],
  context: SharedContext,
): Promise<Map<string, ProductOptionRecord>> {
  if (!ids.length) return new Map();
  const rows = (await records.options.list(
    { id: [...new Set(ids)] },
    { relations: ["values"] },
    context,
  )) as unknown as ProductOptionRecord[];
  const found = new Map(rows.map((row) => [row.id, row]));
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw productErrors.unknownOption(missing);
  return found;
}

function withValues(option: ProductOptionRecord, ids: readonly string[] | undefined): ProductOptionRecord {
  if (!ids) return option;
  const known = new Map(option.values.map((value) => [value.id, value]));
  const values = ids.map((id) => {
    const value = known.get(id);
    if (!value) throw productErrors.unknownOptionValue(id, option.title);
    return value;
  });
  return { ...option, values };
}

/** Ties options to products, with the values that the products use. */
async function linkOptions(
  records: ProductRecords,
  pairs: readonly Required<ProductOptionPair>[],
  context: SharedContext,
): Promise<string[]> {
  if (!pairs.length) return [];
  const rows = pairs.map(({ product_id, product_option_id }) => ({ product_id, product_option_id }));
  const links = (await records.productOptions.create(rows, context)) as { id: string }[];
  const values = pairs.flatMap(({ product_option_value_ids }, index) =>
    product_option_value_ids.map((product_option_value_id) => ({ product_product_option_id: links[index]!.id, product_option_value_id })),
  );
  if (values.length) await records.productOptionValues.create(values, context);
  return links.map(({ id }) => id);
}

/** Adds existing options to products; those that are there already stay. */
export async function addOptionsToProducts(
  records: ProductRecords,
  pairs: readonly ProductOptionPair[],
  context: SharedContext,
): Promise<{ id: string }[]> {
  const existing = await findOptions(
    records,
    pairs.map(({ product_option_id }) => product_option_id),
    context,
  );
  const linked = await links(
    records,
    pairs.map(({ product_id }) => product_id),
    context,
  );
  const missing = pairs.filter((pair) => !linked.has(keyOf(pair)));
  const ids = await linkOptions(
    records,
    missing.map((pair) => ({
      ...pair,
      product_option_value_ids: withValues(existing.get(pair.product_option_id)!, pair.product_option_value_ids).values.map(({ id }) => id),
    })),
    context,
  );
  const added = new Map(missing.map((pair, index) => [keyOf(pair), ids[index]!]));
  return pairs.map((pair) => ({ id: linked.get(keyOf(pair))?.id ?? added.get(keyOf(pair))! }));
}

/**
 * Takes options from products. An option that belonged to the product alone is deleted.
 *
 * @throws invalid_data while variants of the product use the option.
 * @returns The ids of the options that were taken away.
 */
export async function removeOptionsFromProducts(
  records: ProductRecords,
  pairs: readonly ProductOptionPair[],
  context: SharedContext,
): Promise<string[]> {
  const linked = await links(
    records,
    pairs.map(({ product_id }) => product_id),
    context,
  );
  const gone = pairs.filter((pair) => linked.has(keyOf(pair)));
  if (!gone.length) return [];
  for (const { product_id, product_option_id } of gone) {
    const [user] = await records.variants.list(
      { product_id, options: { option_id: product_option_id } },
      { select: ["id"], take: 1 },
      context,
    );
    if (user) throw productErrors.optionInUse(product_option_id, product_id);
  }
  await records.productOptions.delete(
    gone.map((pair) => linked.get(keyOf(pair))!.id),
    context,
  );
  const ids = gone.map(({ product_option_id }) => product_option_id);
  const exclusive = await records.options.list({ id: ids, is_exclusive: true }, { select: ["id"] }, context);
  if (exclusive.length)
    await records.options.softDelete(
      exclusive.map(({ id }) => id),
      {},
      context,
    );
  return ids;
}

/** Adds values of its options to a product, and takes others from it. */
export async function changeUsedValues(
  records: ProductRecords,
  updates: readonly { product_id: string; product_option_id: string; add?: string[]; remove?: string[] }[],
  context: SharedContext,
): Promise<void> {
  const linked = await links(
    records,
    updates.map(({ product_id }) => product_id),
    context,
  );
  for (const { add = [], remove = [], ...pair } of updates) {
    const link = linked.get(keyOf(pair));
    if (!link) throw productErrors.unknownOption(pair.product_option_id);
    if (remove.length) {
      await records.productOptionValues.delete({ product_product_option_id: link.id, product_option_value_id: remove }, context);
    }
    if (!add.length) continue;
    const present = await records.productOptionValues.list(
      { product_product_option_id: link.id, product_option_value_id: add },
      {},
      context,
    );
    const known = new Set(present.map(({ product_option_value_id }) => product_option_value_id));
    const rows = add.filter((id) => !known.has(id)).map((id) => ({ product_product_option_id: link.id, product_option_value_id: id }));
    if (rows.length) await records.productOptionValues.create(rows, context);
  }
}

interface OptionLink {
  id: string;
  product_id: string;
  product_option_id: string;
}

const keyOf = ({ product_id, product_option_id }: { product_id: string; product_option_id: string }) =>
  `${product_id}:${product_option_id}`;

async function links(records: ProductRecords, products: readonly string[], context: SharedContext): Promise<Map<string, OptionLink>> {
  const rows = (await records.productOptions.list({ product_id: [...new Set(products)] }, {}, context)) as unknown as OptionLink[];
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** The options of products with the values that they use. */
export async function optionsOfProducts(
  records: ProductRecords,
  products: readonly string[],
  context: SharedContext,
): Promise<Map<string, ProductOptionRecord[]>> {
  const rows = (await records.productOptions.list(
    { product_id: [...new Set(products)] },
    { relations: ["product_option", "values"] },
    context,
  )) as unknown as (OptionLink & { product_option: ProductOptionRecord; values: ProductOptionValueRecord[] })[];
  const result = new Map<string, ProductOptionRecord[]>(products.map((id) => [id, []]));
  for (const { product_id, product_option, values } of rows) result.get(product_id)?.push({ ...product_option, values });
  return result;
}
