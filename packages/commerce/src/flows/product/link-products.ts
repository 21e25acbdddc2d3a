import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@velella/workflows";
import type { LinkWorkflowInput } from "../sales-channel/link-products";

/** Puts products into a collection, and takes others out of it; undone by writing where they were. */
export const batchLinkProductsToCollectionStep = createStep(
  { name: "batch-link-products-to-collection", transactional: "shared" },
  async ({ id, add = [], remove = [] }: LinkWorkflowInput, { container, context }) => {
    const products = container.resolve("product");
    const before = await products.listProducts({ id: [...add, ...remove] }, { select: ["id", "collection_id"] }, context);
    // Only what is in this collection can be taken out of it.
    const out = before.filter((product) => remove.includes(product.id) && product.collection_id === id).map((product) => product.id);
    const changes = [
      ...add.map((product) => ({ id: product, collection_id: id })),
      ...out.map((product) => ({ id: product, collection_id: null })),
    ];
    if (changes.length) await products.updateProducts(changes, context);
    return new StepResponse(
      undefined,
      before.map(({ id, collection_id }) => ({ id, collection_id })),
    );
  },
  async (before, { container, context }) => {
    if (before?.length) await container.resolve("product").updateProducts(before, context);
  },
);

/** Puts products into a collection, and takes others out of it. */
export const batchLinkProductsToCollectionWorkflow = createWorkflow("batch-link-products-to-collection", (input: LinkWorkflowInput) => {
  batchLinkProductsToCollectionStep(input);
  return new WorkflowResponse(undefined);
});

/** Puts products into a category, and takes others out of it; undone by writing where they were. */
export const batchLinkProductsToCategoryStep = createStep(
  { name: "batch-link-products-to-category", transactional: "shared" },
  async ({ id, add = [], remove = [] }: LinkWorkflowInput, { container, context }) => {
    const products = container.resolve("product");
    const ids = [...add, ...remove];
    const rows = await products.listProducts({ id: ids }, { select: ["id", "categories.id"], relations: ["categories"] }, context);
    const before = rows.map((product) => ({ id: product.id, category_ids: product.categories.map((category) => category.id) }));
    const changes = before.map((product) => {
      const others = product.category_ids.filter((category) => category !== id);
      return { id: product.id, category_ids: add.includes(product.id) ? [...others, id] : others };
    });
    if (changes.length) await products.updateProducts(changes, context);
    return new StepResponse(undefined, before);
  },
  async (before, { container, context }) => {
    if (before?.length) await container.resolve("product").updateProducts(before, context);
  },
);

/** Puts products into a category, and takes others out of it. */
export const batchLinkProductsToCategoryWorkflow = createWorkflow("batch-link-products-to-category", (input: LinkWorkflowInput) => {
  batchLinkProductsToCategoryStep(input);
  return new WorkflowResponse(undefined);
});
