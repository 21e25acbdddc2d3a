import { emitEventStep, removeRemoteLinkStep } from "@velella/framework";
import { createHook, createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import type { ProductTypeRecord, ValueInput } from "../../modules/product/types";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";

/** Creates product types; undone by deleting them. */
export const createProductTypesStep = createRecordsStep<ValueInput, ProductTypeRecord>("create-product-types", "product", "ProductTypes");
/** Changes product types; undone by writing what they were. */
export const updateProductTypesStep = updateRecordsStep<Partial<ValueInput>, ProductTypeRecord>(
  "update-product-types",
  "product",
  "ProductTypes",
);
/** Deletes product types, softly; undone by restoring them. */
export const deleteProductTypesStep = deleteRecordsStep("delete-product-types", "product", "ProductTypes");

/** Creates product types. */
export const createProductTypesWorkflow = createWorkflow(
  "create-product-types",
  (input: { product_types: ValueInput[]; additional_data?: Record<string, unknown> }) => {
    const created = createProductTypesStep(input.product_types);
    const productTypesCreated = createHook("productTypesCreated", { product_types: created, additional_data: input.additional_data });
    emitEventStep({ eventName: "product-type.created", data: transform({ created }, ({ created }) => created.map(({ id }) => ({ id }))) });
    return new WorkflowResponse(created, { hooks: [productTypesCreated] });
  },
);

/** Changes product types. */
export const updateProductTypesWorkflow = createWorkflow(
  "update-product-types",
  (input: { selector: Record<string, unknown>; update: Partial<ValueInput>; additional_data?: Record<string, unknown> }) => {
    const updated = updateProductTypesStep({ selector: input.selector, update: input.update });
    const productTypesUpdated = createHook("productTypesUpdated", { product_types: updated, additional_data: input.additional_data });
    emitEventStep({ eventName: "product-type.updated", data: transform({ updated }, ({ updated }) => updated.map(({ id }) => ({ id }))) });
    return new WorkflowResponse(updated, { hooks: [productTypesUpdated] });
  },
);

/** Deletes product types. */
export const deleteProductTypesWorkflow = createWorkflow("delete-product-types", (input: { ids: string[] }) => {
  deleteProductTypesStep(input.ids);
  removeRemoteLinkStep({ product: { product_type_id: input.ids } });
  const productTypesDeleted = createHook("productTypesDeleted", { ids: input.ids });
  emitEventStep({ eventName: "product-type.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined, { hooks: [productTypesDeleted] });
});
