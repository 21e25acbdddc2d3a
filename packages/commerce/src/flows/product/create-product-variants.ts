import { emitEventStep } from "@velella/framework";
import { createHook, createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "@velella/workflows";
import type { PriceRecord } from "../../modules/pricing/types";
import type { CreateProductVariantInput, ProductVariantRecord, VariantPriceInput } from "../../modules/product/types";
import { createRecordsStep } from "../records/record-steps";

/**
 * Variants to be made, of products that are there. Each gets a set of prices, also where it has none. `additional_data` is
 * handed to the hook `productVariantsCreated` as it is.
 */
export interface CreateProductVariantsWorkflowInput {
  product_variants: (CreateProductVariantInput & { prices?: VariantPriceInput[] })[];
  additional_data?: Record<string, unknown>;
}

/** A new variant with its prices. */
export interface CreatedProductVariant extends ProductVariantRecord {
  prices: PriceRecord[];
}

/** Creates variants as the product module has them. */
export const createProductVariantsStep = createRecordsStep<CreateProductVariantInput, ProductVariantRecord>(
  "create-product-variants",
  "product",
  "ProductVariants",
);

interface WithPrices {
  variants: CreateProductVariantInput[];
  /** Per variant. */
  prices: VariantPriceInput[][];
}

/** Creates variants, their sets of prices, and the links between them, in one transaction; undone by deleting all three. */
export const createVariantsWithPricesStep = createStep(
  { name: "create-variants-with-prices", transactional: "shared" },
  async ({ variants, prices }: WithPrices, { container, context }) => {
    const created = await container.resolve("product").createProductVariants(variants, context);
    const priceSets = await container.resolve("pricing").createPriceSets(
      prices.map((list) => ({ prices: list })),
      context,
    );
    const links = created.map(({ id }, index) => ({ product: { variant_id: id }, pricing: { price_set_id: priceSets[index]!.id } }));
    if (links.length) await container.resolve("link").create(links, context);
    const undo = { variants: created.map(({ id }) => id), priceSets: priceSets.map(({ id }) => id), links };
    return new StepResponse(
      created.map((variant, index) => ({ ...variant, prices: priceSets[index]!.prices ?? [] })),
      undo,
    );
  },
  async (undo, { container, context }) => {
    if (!undo?.links.length) return;
    await container.resolve("link").dismiss(undo.links, context);
    await container.resolve("pricing").deletePriceSets(undo.priceSets, context);
    await container.resolve("product").deleteProductVariants(undo.variants, context);
  },
);

/** Creates variants of existing products, each with a set of prices. */
export const createProductVariantsWorkflow = createWorkflow("create-product-variants", (input: CreateProductVariantsWorkflowInput) => {
  const withPrices = transform({ input }, ({ input }): WithPrices => ({
    variants: input.product_variants.map((variant) => {
      const { prices: _prices, ...rest } = variant;
      delete (rest as { inventory_items?: unknown }).inventory_items;
      return rest;
    }),
    prices: input.product_variants.map(({ prices }) => prices ?? []),
  }));
  const variants = createVariantsWithPricesStep(withPrices);
  const productVariantsCreated = createHook("productVariantsCreated", {
    product_variants: variants,
    additional_data: input.additional_data,
  });
  emitEventStep({
    eventName: "product-variant.created",
    data: transform({ variants }, ({ variants }) => variants.map(({ id }) => ({ id }))),
  });
  return new WorkflowResponse(variants, { hooks: [productVariantsCreated] });
});
