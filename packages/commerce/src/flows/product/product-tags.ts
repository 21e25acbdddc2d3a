import { emitEventStep, removeRemoteLinkStep } from "@velella/framework";
import { createHook, createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import type { ProductTagRecord, ValueInput } from "../../modules/product/types";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";

/** Creates product tags; undone by deleting them. */
export const createProductTagsStep = createRecordsStep<ValueInput, ProductTagRecord>("create-product-tags", "product", "ProductTags");
/** Changes product tags; undone by writing what they were. */
export const updateProductTagsStep = updateRecordsStep<Partial<ValueInput>, ProductTagRecord>(
  "update-product-tags",
  "product",
  "ProductTags",
);
/** Deletes product tags, softly; undone by restoring them. */
export const deleteProductTagsStep = deleteRecordsStep("delete-product-tags", "product", "ProductTags");

/** Creates product tags. */
export const createProductTagsWorkflow = createWorkflow(
  "create-product-tags",
  (input: { product_tags: ValueInput[]; additional_data?: Record<string, unknown> }) => {
    const created = createProductTagsStep(input.product_tags);
    const productTagsCreated = createHook("productTagsCreated", { product_tags: created, additional_data: input.additional_data });
    emitEventStep({ eventName: "product-tag.created", data: transform({ created }, ({ created }) => created.map(({ id }) => ({ id }))) });
    return new WorkflowResponse(created, { hooks: [productTagsCreated] });
  },
);

/** Changes product tags. */
export const updateProductTagsWorkflow = createWorkflow(
  "update-product-tags",
  (input: { selector: Record<string, unknown>; update: Partial<ValueInput>; additional_data?: Record<string, unknown> }) => {
    const updated = updateProductTagsStep({ selector: input.selector, update: input.update });
    const productTagsUpdated = createHook("productTagsUpdated", { product_tags: updated, additional_data: input.additional_data });
    emitEventStep({ eventName: "product-tag.updated", data: transform({ updated }, ({ updated }) => updated.map(({ id }) => ({ id }))) });
    return new WorkflowResponse(updated, { hooks: [productTagsUpdated] });
  },
);

/** Deletes product tags. */
export const deleteProductTagsWorkflow = createWorkflow("delete-product-tags", (input: { ids: string[] }) => {
  deleteProductTagsStep(input.ids);
  removeRemoteLinkStep({ product: { product_tag_id: input.ids } });
  const productTagsDeleted = createHook("productTagsDeleted", { ids: input.ids });
  emitEventStep({ eventName: "product-tag.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined, { hooks: [productTagsDeleted] });
});
