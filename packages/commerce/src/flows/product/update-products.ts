import { emitEventStep } from "@velella/framework";
import { createHook, createStep, createWorkflow, StepResponse, transform, when, WorkflowResponse } from "@velella/workflows";
import type {
  ProductRecord,
  ProductVariantRecord,
  UpdateProductInput,
  UpdateProductVariantInput,
  VariantPriceInput,
} from "../../modules/product/types";
import { updateRecordsStep } from "../records/record-steps";
import type { ProductSalesChannelLink } from "../sales-channel/link-products";
import { associateProductsWithSalesChannelsStep, detachProductsFromSalesChannelsStep } from "../sales-channel/link-products";
import { upsertVariantPricesWorkflow } from "./upsert-variant-prices";

/** Changes to a product, with what other modules have of it; the lists replace what there was. */
export interface UpdateProductWithPrices extends Omit<UpdateProductInput, "variants"> {
  /** All channels that sell it from now on. */
  sales_channels?: { id: string }[];
  /** Accepted, and without effect: there is no module of fulfilment. */
  shipping_profile_id?: string | null;
  variants?: (UpdateProductVariantInput & { prices?: Partial<VariantPriceInput>[] })[];
}

/**
 * The same change for all products that the filters of `selector` choose, or a change for each by its id. `additional_data`
 * is handed to the hook `productsUpdated` as it is.
 */
export type UpdateProductsWorkflowInput = (
  | { selector: Record<string, unknown>; update: UpdateProductWithPrices }
  | { products: (UpdateProductWithPrices & { id: string })[] }
) & { additional_data?: Record<string, unknown> };

/** Changes products; undone by writing what they were, but for their variants: see {@link keepVariantsStep}. */
export const updateProductsStep = updateRecordsStep<UpdateProductInput, ProductRecord>("update-products", "product", "Products", {
  tags: "tag_ids",
  categories: "category_ids",
  images: "images",
  options: "option_ids",
});

/** Notes which variants products have, where changes replace them; undone by restoring those, and deleting others. */
export const keepVariantsStep = createStep(
  { name: "keep-product-variants", transactional: "shared" },
  async ({ selector }: { selector: Record<string, unknown> }, { container, context }) => {
    const products = container.resolve("product");
    const found = await products.listProducts(selector, { select: ["id"] }, context);
    const variants = await products.listProductVariants({ product_id: found.map(({ id }) => id) }, {}, context);
    return new StepResponse<undefined, ProductVariantRecord[]>(undefined, variants);
  },
  async (variants, { container, context }) => {
    if (!variants?.length) return;
    const products = container.resolve("product");
    const ids = variants.map(({ id }) => id);
    const current = await products.listProductVariants(
      { product_id: [...new Set(variants.map(({ product_id }) => product_id!))] },
      { select: ["id"] },
      context,
    );
    const added = current.map(({ id }) => id).filter((id) => !ids.includes(id));
    if (added.length) await products.deleteProductVariants(added, context);
    await products.restoreProductVariants(ids, {}, context);
    await products.updateProductVariants(
      variants.map(({ options: _options, images: _images, product: _product, ...variant }) => variant),
      context,
    );
  },
);

/** Which links to sales channels the given ones replace: for products that name their channels. */
export const findReplacedSalesChannelsStep = createStep(
  { name: "find-replaced-sales-channels", pure: true },
  async ({ product_ids }: { product_ids: string[] }, { container }) => {
    if (!product_ids.length) return new StepResponse<ProductSalesChannelLink[]>([]);
    const { data } = await container.resolve("query").graph({
      entity: "product_sales_channel",
      fields: ["product_id", "sales_channel_id"],
      filters: { product_id: product_ids },
    });
    return new StepResponse(data);
  },
);

type Change = UpdateProductWithPrices & { id?: string };

function changesOf(input: UpdateProductsWorkflowInput): Change[] {
  return "products" in input ? input.products : [input.update];
}

/** Only what the product module knows. */
function bare<T extends Change>({ sales_channels: _channels, shipping_profile_id: _profile, variants, ...product }: T) {
  return { ...product, ...(variants && { variants: variants.map(({ prices: _prices, ...variant }) => variant) }) };
}

/** Changes products, their variants and prices, and where they are sold. */
export const updateProductsWorkflow = createWorkflow("update-products", (input: UpdateProductsWorkflowInput) => {
  const changes = transform({ input }, ({ input }) => {
    const given = input;
    return "products" in given ? given.products.map(bare) : { selector: given.selector, update: bare(given.update) };
  });
  when("replaces-variants", { input }, ({ input }) => changesOf(input).some(({ variants }) => variants)).then(() => {
    keepVariantsStep({
      selector: transform({ input }, ({ input }) => {
        const given = input;
        return "products" in given ? { id: given.products.filter(({ variants }) => variants).map(({ id }) => id) } : given.selector;
      }),
    });
  });
  const updated = updateProductsStep(changes);

  const channels = transform({ input, updated }, ({ input, updated }) => {
    const given = changesOf(input);
    const of = (id: string) => given.find((change) => change.id === id) ?? (given.length === 1 && !given[0]!.id ? given[0] : undefined);
    const named = updated.filter(({ id }) => of(id)?.sales_channels);
    return {
      product_ids: named.map(({ id }) => id),
      links: named.flatMap(({ id }) => of(id)!.sales_channels!.map((channel) => ({ product_id: id, sales_channel_id: channel.id }))),
    };
  });
  const replaced = findReplacedSalesChannelsStep({ product_ids: channels.product_ids });
  const detached = transform({ channels, replaced }, ({ channels, replaced }) => ({
    links: replaced.filter(
      (old) => !channels.links.some((link) => link.product_id === old.product_id && link.sales_channel_id === old.sales_channel_id),
    ),
  }));
  detachProductsFromSalesChannelsStep(detached);
  associateProductsWithSalesChannelsStep({ links: channels.links });

  upsertVariantPricesWorkflow.runAsStep({
    input: transform({ input, updated }, ({ input, updated }) => ({
      variantPrices: changesOf(input).flatMap((change) =>
        (change.variants ?? []).flatMap((variant) => {
          if (!variant.prices) return [];
          const product = updated.find(({ id }) => id === change.id) ?? updated[0];
          const id =
            variant.id ?? product?.variants.find(({ title, sku }) => title === variant.title && (!variant.sku || sku === variant.sku))?.id;
          return id ? [{ variant_id: id, product_id: product?.id ?? "", prices: variant.prices }] : [];
        }),
      ),
    })),
  });

  const productsUpdated = createHook("productsUpdated", { products: updated, additional_data: input.additional_data });
  emitEventStep({ eventName: "product.updated", data: transform({ updated }, ({ updated }) => updated.map(({ id }) => ({ id }))) });
  return new WorkflowResponse(updated, { hooks: [productsUpdated] });
});
