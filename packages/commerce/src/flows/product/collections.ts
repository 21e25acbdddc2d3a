import { emitEventStep, removeRemoteLinkStep } from "@velella/framework";
import { createHook, createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import type { CreateProductCollectionInput, ProductCollectionRecord } from "../../modules/product/types";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";

/** Creates collections; undone by deleting them. */
export const createCollectionsStep = createRecordsStep<CreateProductCollectionInput, ProductCollectionRecord>(
  "create-collections",
  "product",
  "ProductCollections",
);
/** Changes collections; undone by writing what they were. */
export const updateCollectionsStep = updateRecordsStep<Partial<CreateProductCollectionInput>, ProductCollectionRecord>(
  "update-collections",
  "product",
  "ProductCollections",
);
/** Deletes collections, softly; undone by restoring them. */
export const deleteCollectionsStep = deleteRecordsStep("delete-collections", "product", "ProductCollections");

/** Creates collections. */
export const createCollectionsWorkflow = createWorkflow(
  "create-collections",
  (input: { collections: CreateProductCollectionInput[]; additional_data?: Record<string, unknown> }) => {
    const created = createCollectionsStep(input.collections);
    const collectionsCreated = createHook("collectionsCreated", { collections: created, additional_data: input.additional_data });
    emitEventStep({
      eventName: "product-collection.created",
      data: transform({ created }, ({ created }) => created.map(({ id }) => ({ id }))),
    });
    return new WorkflowResponse(created, { hooks: [collectionsCreated] });
  },
);

/** Changes collections. */
export const updateCollectionsWorkflow = createWorkflow(
  "update-collections",
  (input: {
    selector: Record<string, unknown>;
    update: Partial<CreateProductCollectionInput>;
    additional_data?: Record<string, unknown>;
  }) => {
    const updated = updateCollectionsStep({ selector: input.selector, update: input.update });
    const collectionsUpdated = createHook("collectionsUpdated", { collections: updated, additional_data: input.additional_data });
    emitEventStep({
      eventName: "product-collection.updated",
      data: transform({ updated }, ({ updated }) => updated.map(({ id }) => ({ id }))),
    });
    return new WorkflowResponse(updated, { hooks: [collectionsUpdated] });
  },
);

/** Deletes collections. */
export const deleteCollectionsWorkflow = createWorkflow("delete-collections", (input: { ids: string[] }) => {
  deleteCollectionsStep(input.ids);
  removeRemoteLinkStep({ product: { product_collection_id: input.ids } });
  const collectionsDeleted = createHook("collectionsDeleted", { ids: input.ids });
  emitEventStep({ eventName: "product-collection.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined, { hooks: [collectionsDeleted] });
});
