import { emitEventStep, removeRemoteLinkStep } from "@velella/framework";
import { createHook, createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import type { ProductVariantRecord, UpdateProductVariantInput, VariantPriceInput } from "../../modules/product/types";
import { deleteRecordsStep, updateRecordsStep } from "../records/record-steps";
import { upsertVariantPricesWorkflow } from "./upsert-variant-prices";

type VariantChange = UpdateProductVariantInput & { prices?: Partial<VariantPriceInput>[] };

/**
 * The same change for all variants that the filters of `selector` choose, or a change for each by its id. A list of prices
 * replaces what the variant had; without one, prices stay. `additional_data` is handed to the hook `productVariantsUpdated`
 * as it is.
 */
export type UpdateProductVariantsWorkflowInput = (
  | { selector: Record<string, unknown>; update: VariantChange }
  | { product_variants: (VariantChange & { id: string })[] }
) & { additional_data?: Record<string, unknown> };

/** Changes variants; undone by writing what they were. */
export const updateProductVariantsStep = updateRecordsStep<UpdateProductVariantInput, ProductVariantRecord>(
  "update-product-variants",
  "product",
  "ProductVariants",
);

/** Deletes variants, softly; undone by restoring them. */
export const deleteProductVariantsStep = deleteRecordsStep("delete-product-variants", "product", "ProductVariants");

/** Changes variants and their prices. */
export const updateProductVariantsWorkflow = createWorkflow("update-product-variants", (input: UpdateProductVariantsWorkflowInput) => {
  const changes = transform({ input }, ({ input }) => {
    const given = input;
    const bare = <T extends VariantChange>({ prices: _prices, ...variant }: T) => variant;
    return "product_variants" in given ? given.product_variants.map(bare) : { selector: given.selector, update: bare(given.update) };
  });
  const updated = updateProductVariantsStep(changes);

  upsertVariantPricesWorkflow.runAsStep({
    input: transform({ input, updated }, ({ input, updated }) => {
      const given = input;
      const pricesOf = (id: string) =>
        "product_variants" in given ? given.product_variants.find((variant) => variant.id === id)?.prices : given.update.prices;
      return {
        variantPrices: updated.flatMap(({ id }) => {
          const prices = pricesOf(id);
          return prices ? [{ variant_id: id, prices }] : [];
        }),
      };
    }),
  });

  const productVariantsUpdated = createHook("productVariantsUpdated", {
    product_variants: updated,
    additional_data: input.additional_data,
  });
  emitEventStep({ eventName: "product-variant.updated", data: transform({ updated }, ({ updated }) => updated.map(({ id }) => ({ id }))) });
  return new WorkflowResponse(updated, { hooks: [productVariantsUpdated] });
});

/** Deletes variants with their prices and links. */
export const deleteProductVariantsWorkflow = createWorkflow("delete-product-variants", (input: { ids: string[] }) => {
  deleteProductVariantsStep(input.ids);
  removeRemoteLinkStep({ product: { variant_id: input.ids } });

  const productVariantsDeleted = createHook("productVariantsDeleted", { ids: input.ids });
  emitEventStep({ eventName: "product-variant.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined, { hooks: [productVariantsDeleted] });
});
