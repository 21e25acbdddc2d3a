import { emitEventStep } from "@velella/framework";
import { createHook, createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import type { PriceRecord } from "../../modules/pricing/types";
import type { CreateProductVariantInput, ProductVariantRecord, VariantPriceInput } from "../../modules/product/types";
import { createPriceSetsStep } from "../pricing/price-set-steps";
import { createRecordsStep } from "../records/record-steps";
import { createVariantPricingLinkStep } from "./variant-pricing-link";

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

/** Creates variants of existing products, each with a set of prices. */
export const createProductVariantsWorkflow = createWorkflow("create-product-variants", (input: CreateProductVariantsWorkflowInput) => {
  const bare = transform({ input }, ({ input }): CreateProductVariantInput[] =>
    input.product_variants.map((variant) => {
      const { prices: _prices, ...rest } = variant;
      delete (rest as { inventory_items?: unknown }).inventory_items;
      return rest;
    }),
  );
  const created = createProductVariantsStep(bare);

  const priceSetsInput = transform({ input }, ({ input }) => input.product_variants.map(({ prices }) => ({ prices: prices ?? [] })));
  const priceSets = createPriceSetsStep(priceSetsInput);
  createVariantPricingLinkStep(
    transform({ created, priceSets }, ({ created, priceSets }) => ({
      links: created.map(({ id }, index) => ({ variant_id: id, price_set_id: priceSets[index]!.id })),
    })),
  );

  const variants = transform({ created, priceSets }, ({ created, priceSets }): CreatedProductVariant[] =>
    created.map((variant, index) => ({ ...variant, prices: priceSets[index]!.prices ?? [] })),
  );
  const productVariantsCreated = createHook("productVariantsCreated", {
    product_variants: variants,
    additional_data: input.additional_data,
  });
  emitEventStep({ eventName: "product-variant.created", data: transform({ created }, ({ created }) => created.map(({ id }) => ({ id }))) });
  return new WorkflowResponse(variants, { hooks: [productVariantsCreated] });
});
