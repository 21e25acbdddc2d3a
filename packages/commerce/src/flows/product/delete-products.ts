import { emitEventStep, removeRemoteLinkStep } from "@velella/framework";
import type { DeletedRecords } from "@velella/framework";
import { createHook, createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "@velella/workflows";
import { deleteRecordsStep } from "../records/record-steps";

/** Products to be deleted, with their variants and images, and with what links keep for them. */
export interface DeleteProductsWorkflowInput {
  ids: string[];
}

/** Deletes products with their variants and images, softly; undone by restoring them. */
export const deleteProductsStep = deleteRecordsStep("delete-products", "product", "Products");

/** The products that exist, and their variants: whose links go with them. */
export const findProductsToDeleteStep = createStep(
  { name: "find-products-to-delete", pure: true },
  async ({ ids }: DeleteProductsWorkflowInput, { container }) => {
    const variants = await container.resolve("product").listProductVariants({ product_id: ids }, { select: ["id"] });
    return new StepResponse({ product_id: ids, variant_id: (variants as { id: string }[]).map(({ id }) => id) });
  },
);

/** Deletes products, and what other modules keep for them: links and prices. */
export const deleteProductsWorkflow = createWorkflow("delete-products", (input: DeleteProductsWorkflowInput) => {
  const records = findProductsToDeleteStep(input);
  deleteProductsStep(input.ids);
  removeRemoteLinkStep(transform({ records }, ({ records }): DeletedRecords => ({ product: { ...records } })));

  const productsDeleted = createHook("productsDeleted", { ids: input.ids });
  emitEventStep({ eventName: "product.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined, { hooks: [productsDeleted] });
});
