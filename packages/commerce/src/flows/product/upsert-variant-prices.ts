import { createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "@velella/workflows";
import type { VariantPriceInput } from "../../modules/product/types";
import { createPriceSetsStep, updatePriceSetsStep } from "../pricing/price-set-steps";
import { createVariantPricingLinkStep } from "./variant-pricing-link";

/** What variants cost from now on: each list replaces the one that there was. `product_id` is accepted, and without effect. */
export interface UpsertVariantPricesWorkflowInput {
  variantPrices: { variant_id: string; product_id?: string; prices: Partial<VariantPriceInput>[] }[];
}

/** The sets of prices that variants have already. */
export const findVariantPriceSetsStep = createStep(
  { name: "find-variant-price-sets", pure: true },
  async ({ variant_ids }: { variant_ids: string[] }, { container }) => {
    if (!variant_ids.length) return new StepResponse<Record<string, string>>({});
    const { data } = await container.resolve("query").graph({
      entity: "product_variant_price_set",
      fields: ["variant_id", "price_set_id"],
      filters: { variant_id: variant_ids },
    });
    const rows = data as unknown as { variant_id: string; price_set_id: string }[];
    return new StepResponse(Object.fromEntries(rows.map((row) => [row.variant_id, row.price_set_id])));
  },
);

/** Sets the prices of variants: of those that have a set it is changed, others get one. */
export const upsertVariantPricesWorkflow = createWorkflow("upsert-variant-prices", (input: UpsertVariantPricesWorkflowInput) => {
  const existing = findVariantPriceSetsStep({
    variant_ids: transform({ input }, ({ input }) => input.variantPrices.map(({ variant_id }) => variant_id)),
  });
  const split = transform({ input, existing }, ({ input, existing }) => ({
    update: input.variantPrices.flatMap(({ variant_id, prices }) => {
      const id = existing[variant_id];
      return id ? [{ id, prices }] : [];
    }),
    create: input.variantPrices.filter(({ variant_id }) => !existing[variant_id]),
  }));
  updatePriceSetsStep(split.update);
  const created = createPriceSetsStep(
    transform({ split }, ({ split }) => split.create.map(({ prices }) => ({ prices: prices as VariantPriceInput[] }))),
  );
  createVariantPricingLinkStep(
    transform({ split, created }, ({ split, created }) => ({
      links: split.create.map(({ variant_id }, index) => ({ variant_id, price_set_id: created[index]!.id })),
    })),
  );
  return new WorkflowResponse(undefined);
});
