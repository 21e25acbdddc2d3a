import { createWorkflow, transform, when, WorkflowResponse } from "@velella/workflows";
import type { CreateProductVariantWithPrices, CreateProductWithPrices } from "./create-products";
import { createProductsWorkflow } from "./create-products";
import { createProductVariantsWorkflow } from "./create-product-variants";
import { deleteProductsWorkflow } from "./delete-products";
import { deleteProductVariantsWorkflow, updateProductVariantsWorkflow } from "./product-variants";
import { updateProductsWorkflow } from "./update-products";
import type { UpdateProductWithPrices } from "./update-products";

/** Records to create, to change and to delete, all of them or none. */
export interface BatchInput<Create, Update> {
  create?: Create[];
  update?: Update[];
  delete?: string[];
}

/** Creates, changes and deletes products. */
export const batchProductsWorkflow = createWorkflow(
  "batch-products",
  (input: BatchInput<CreateProductWithPrices, UpdateProductWithPrices & { id: string }>) => {
    const created = when("creates", { input }, ({ input }) => !!input.create?.length).then(() =>
      createProductsWorkflow.runAsStep({ input: { products: transform({ input }, ({ input }) => input.create ?? []) } }),
    );
    const updated = when("updates", { input }, ({ input }) => !!input.update?.length).then(() =>
      updateProductsWorkflow.runAsStep({ input: transform({ input }, ({ input }) => ({ products: input.update ?? [] })) }),
    );
    when("deletes", { input }, ({ input }) => !!input.delete?.length).then(() => {
      deleteProductsWorkflow.runAsStep({ input: { ids: transform({ input }, ({ input }) => input.delete ?? []) } });
    });
    return new WorkflowResponse(
      transform({ created, updated, input }, ({ created, updated, input }) => ({
        created: (created ?? []) as { id: string }[],
        updated: (updated ?? []) as { id: string }[],
        deleted: input.delete ?? [],
      })),
    );
  },
);

/** Creates, changes and deletes variants. */
export const batchProductVariantsWorkflow = createWorkflow(
  "batch-product-variants",
  (input: BatchInput<CreateProductVariantWithPrices, Partial<CreateProductVariantWithPrices> & { id: string }>) => {
    const created = when("creates", { input }, ({ input }) => !!input.create?.length).then(() =>
      createProductVariantsWorkflow.runAsStep({ input: { product_variants: transform({ input }, ({ input }) => input.create ?? []) } }),
    );
    const updated = when("updates", { input }, ({ input }) => !!input.update?.length).then(() =>
      updateProductVariantsWorkflow.runAsStep({
        input: transform({ input }, ({ input }) => ({ product_variants: input.update ?? [] })),
      }),
    );
    when("deletes", { input }, ({ input }) => !!input.delete?.length).then(() => {
      deleteProductVariantsWorkflow.runAsStep({ input: { ids: transform({ input }, ({ input }) => input.delete ?? []) } });
    });
    return new WorkflowResponse(
      transform({ created, updated, input }, ({ created, updated, input }) => ({
        created: (created ?? []) as { id: string }[],
        updated: (updated ?? []) as { id: string }[],
        deleted: input.delete ?? [],
      })),
    );
  },
);
