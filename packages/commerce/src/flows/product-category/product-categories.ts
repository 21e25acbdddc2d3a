import { emitEventStep, removeRemoteLinkStep } from "@velella/framework";
import { createHook, createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import type { CreateProductCategoryInput, ProductCategoryRecord } from "../../modules/product/types";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";

/** Creates categories; undone by deleting them. */
export const createProductCategoriesStep = createRecordsStep<CreateProductCategoryInput, ProductCategoryRecord>(
  "create-product-categories",
  "product",
  "ProductCategories",
);
/** Changes categories; undone by writing what they were. */
export const updateProductCategoriesStep = updateRecordsStep<Partial<CreateProductCategoryInput>, ProductCategoryRecord>(
  "update-product-categories",
  "product",
  "ProductCategories",
);
/** Deletes categories, softly; undone by restoring them. */
export const deleteProductCategoriesStep = deleteRecordsStep("delete-product-categories", "product", "ProductCategories");

/** Categories to be made, parents before children. `additional_data` is handed to the hook `categoriesCreated` as it is. */
export interface CreateProductCategoriesWorkflowInput {
  product_categories: CreateProductCategoryInput[];
  additional_data?: Record<string, unknown>;
}

/** Creates categories. */
export const createProductCategoriesWorkflow = createWorkflow(
  "create-product-categories",
  (input: CreateProductCategoriesWorkflowInput) => {
    const categories = createProductCategoriesStep(input.product_categories);
    const categoriesCreated = createHook("categoriesCreated", { categories, additional_data: input.additional_data });
    emitEventStep({
      eventName: "product-category.created",
      data: transform({ categories }, ({ categories }) => categories.map(({ id }) => ({ id }))),
    });
    return new WorkflowResponse(categories, { hooks: [categoriesCreated] });
  },
);

/**
 * The same change for all categories that the filters of `selector` choose. `additional_data` is handed to the hook
 * `categoriesUpdated` as it is.
 */
export interface UpdateProductCategoriesWorkflowInput {
  selector: Record<string, unknown>;
  update: Partial<CreateProductCategoryInput>;
  additional_data?: Record<string, unknown>;
}

/** Changes categories. */
export const updateProductCategoriesWorkflow = createWorkflow(
  "update-product-categories",
  (input: UpdateProductCategoriesWorkflowInput) => {
    const categories = updateProductCategoriesStep({ selector: input.selector, update: input.update });
    const categoriesUpdated = createHook("categoriesUpdated", { categories, additional_data: input.additional_data });
    emitEventStep({
      eventName: "product-category.updated",
      data: transform({ categories }, ({ categories }) => categories.map(({ id }) => ({ id }))),
    });
    return new WorkflowResponse(categories, { hooks: [categoriesUpdated] });
  },
);

/** Deletes categories without children. */
export const deleteProductCategoriesWorkflow = createWorkflow("delete-product-categories", (input: string[]) => {
  deleteProductCategoriesStep(input);
  removeRemoteLinkStep({ product: { product_category_id: input } });
  const categoriesDeleted = createHook("categoriesDeleted", { ids: input });
  emitEventStep({ eventName: "product-category.deleted", data: transform({ input }, ({ input }) => input.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined, { hooks: [categoriesDeleted] });
});
