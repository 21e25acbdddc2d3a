import { emitEventStep } from "@velella/framework";
import { createHook, createStep, createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import type { CreateProductInput, CreateProductVariantInput, ProductRecord, VariantPriceInput } from "../../modules/product/types";
import { createRecordsStep } from "../records/record-steps";
import { associateProductsWithSalesChannelsStep } from "../sales-channel/link-products";
import { createProductVariantsWorkflow } from "./create-product-variants";
import type { CreatedProductVariant } from "./create-product-variants";
import { productFlowErrors } from "./errors";

/** A variant with its prices. */
export interface CreateProductVariantWithPrices extends CreateProductVariantInput {
  prices?: VariantPriceInput[];
}

/** A product with what other modules have of it. */
export interface CreateProductWithPrices extends Omit<CreateProductInput, "variants"> {
  sales_channels?: { id: string }[];
  shipping_profile_id?: string;
  variants?: CreateProductVariantWithPrices[];
}

export interface CreateProductsWorkflowInput {
  products: CreateProductWithPrices[];
  /** Handed to the hook as it is. */
  additional_data?: Record<string, unknown>;
}

/** A new product with its variants and their prices. */
export interface CreatedProduct extends ProductRecord {
  variants: CreatedProductVariant[];
}

/** Refuses products without options: a variant is a choice of their values. */
export const validateProductInputStep = createStep(
  { name: "validate-product-input", pure: true },
  async ({ products }: { products: CreateProductWithPrices[] }) => {
    const without = products.filter(({ options }) => !options?.length).map(({ title }) => title);
    if (without.length) throw productFlowErrors.withoutOptions(without);
  },
);

/** Creates products as the product module has them. */
export const createProductsStep = createRecordsStep<CreateProductInput, ProductRecord>("create-products", "product", "Products");

/** Creates products with variants, prices and sales channels. */
export const createProductsWorkflow = createWorkflow("create-products", (input: CreateProductsWorkflowInput) => {
  validateProductInputStep({ products: input.products });

  const bare = transform({ input }, ({ input }): CreateProductInput[] =>
    input.products.map(({ variants: _variants, sales_channels: _channels, shipping_profile_id: _profile, ...product }) => product),
  );
  const created = createProductsStep(bare);

  const links = transform({ input, created }, ({ input, created }) =>
    input.products.flatMap((product, index) =>
      (product.sales_channels ?? []).map(({ id }) => ({ product_id: created[index]!.id, sales_channel_id: id })),
    ),
  );
  associateProductsWithSalesChannelsStep({ links });

  const product_variants = transform({ input, created }, ({ input, created }) =>
    input.products.flatMap((product, index) => (product.variants ?? []).map((variant) => ({ ...variant, product_id: created[index]!.id }))),
  );
  const variants = createProductVariantsWorkflow.runAsStep({ input: { product_variants } });

  const products = transform({ created, variants }, ({ created, variants }): CreatedProduct[] =>
    created.map((product) => ({ ...product, variants: variants.filter(({ product_id }) => product_id === product.id) })),
  );
  const productsCreated = createHook("productsCreated", { products, additional_data: input.additional_data });

  emitEventStep({ eventName: "product.created", data: transform({ created }, ({ created }) => created.map(({ id }) => ({ id }))) });
  return new WorkflowResponse(products, { hooks: [productsCreated] });
});
