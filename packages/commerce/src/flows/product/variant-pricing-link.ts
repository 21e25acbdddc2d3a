import { createStep, StepResponse } from "@velella/workflows";

/** That a variant costs what a set of prices says; a row of `product_variant_price_set`. */
export interface VariantPricingLink {
  variant_id: string;
  price_set_id: string;
}

const linkOf = ({ variant_id, price_set_id }: VariantPricingLink) => ({ product: { variant_id }, pricing: { price_set_id } });

/** Links variants with their sets of prices; undone by dismissing the links. */
export const createVariantPricingLinkStep = createStep(
  { name: "create-variant-pricing-link", transactional: "shared" },
  async ({ links }: { links: VariantPricingLink[] }, { container, context }) => {
    if (links.length) await container.resolve("link").create(links.map(linkOf), context);
    return new StepResponse(links, links);
  },
  async (links, { container, context }) => {
    if (links?.length) await container.resolve("link").dismiss(links.map(linkOf), context);
  },
);
