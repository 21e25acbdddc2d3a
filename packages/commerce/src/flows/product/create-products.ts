import { emitEventStep } from "@velella/framework";
import { createHook, createStep, createWorkflow, StepResponse, transform, when, WorkflowResponse } from "@velella/workflows";
import type { CreateProductInput, CreateProductVariantInput, ProductRecord, VariantPriceInput } from "../../modules/product/types";
import { createRecordsStep } from "../records/record-steps";
import { createProductVariantsWorkflow } from "./create-product-variants";
import type { CreatedProductVariant } from "./create-product-variants";
import { productFlowErrors } from "./errors";

/** A variant with its prices. */
export interface CreateProductVariantWithPrices extends CreateProductVariantInput {
  /** None by default. */
  prices?: VariantPriceInput[];
}

/** A product with what other modules have of it. */
export interface CreateProductWithPrices extends Omit<CreateProductInput, "variants"> {
  /** The channels that sell it; none by default. */
  sales_channels?: { id: string }[];
  /** Accepted, and without effect: there is no module of fulfilment. */
  shipping_profile_id?: string;
  variants?: CreateProductVariantWithPrices[];
}

/**
 * Products to be made.
 *
 * @throws `invalid_data` from the workflow, for products without options
 */
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

interface InChannels {
  products: CreateProductInput[];
  /** Per product, the ids of the channels that sell it. */
  channels: string[][];
}

/** Creates products and links them with their channels, in one transaction; undone by deleting both. */
export const createProductsInChannelsStep = createStep(
  { name: "create-products-in-channels", transactional: "shared" },
  async ({ products, channels }: InChannels, { container, context }) => {
    const created = await container.resolve("product").createProducts(products, context);
    const links = created.flatMap(({ id }, index) =>
      (channels[index] ?? []).map((sales_channel_id) => ({ product: { product_id: id }, sales_channel: { sales_channel_id } })),
    );
    if (links.length) await container.resolve("link").create(links, context);
    return new StepResponse(created, { ids: created.map(({ id }) => id), links });
  },
  async (undo, { container, context }) => {
    if (undo?.links.length) await container.resolve("link").dismiss(undo.links, context);
    if (undo?.ids.length) await container.resolve("product").deleteProducts(undo.ids, context);
  },
);

/** Creates products with variants, prices and sales channels. */
export const createProductsWorkflow = createWorkflow("create-products", (input: CreateProductsWorkflowInput) => {
  validateProductInputStep({ products: input.products });

  const inChannels = transform({ input }, ({ input }): InChannels => ({
    products: input.products.map(
      ({ variants: _variants, sales_channels: _channels, shipping_profile_id: _profile, ...product }) => product,
    ),
    channels: input.products.map(({ sales_channels = [] }) => sales_channels.map(({ id }) => id)),
  }));
  const created = createProductsInChannelsStep(inChannels);

  const product_variants = transform({ input, created }, ({ input, created }) =>
    input.products.flatMap((product, index) => (product.variants ?? []).map((variant) => ({ ...variant, product_id: created[index]!.id }))),
  );
  const variants = when("has-variants", { product_variants }, ({ product_variants }) => product_variants.length > 0).then(() =>
    createProductVariantsWorkflow.runAsStep({ input: { product_variants } }),
  );

  const products = transform({ created, variants }, ({ created, variants }) =>
    created.map((product) => ({ ...product, variants: (variants ?? []).filter(({ product_id }) => product_id === product.id) })),
  );
  const productsCreated = createHook("productsCreated", { products, additional_data: input.additional_data });

  emitEventStep({ eventName: "product.created", data: transform({ created }, ({ created }) => created.map(({ id }) => ({ id }))) });
  return new WorkflowResponse(products, { hooks: [productsCreated] });
});
