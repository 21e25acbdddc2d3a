import { emitEventStep, removeRemoteLinkStep } from "@velella/framework";
import { createHook, createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "@velella/workflows";
import type { CreateProductOptionInput, Metadata, ProductOptionRecord, ProductOptionValueRecord } from "../../modules/product/types";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";

/** Creates options; undone by deleting them. */
export const createProductOptionsStep = createRecordsStep<CreateProductOptionInput, ProductOptionRecord>(
  "create-product-options",
  "product",
  "ProductOptions",
);
/** Changes options; undone by writing what they were. */
export const updateProductOptionsStep = updateRecordsStep<Partial<CreateProductOptionInput>, ProductOptionRecord>(
  "update-product-options",
  "product",
  "ProductOptions",
);
/** Deletes options with their values, softly; undone by restoring them. */
export const deleteProductOptionsStep = deleteRecordsStep("delete-product-options", "product", "ProductOptions");
/** Changes values of options; undone by writing what they were. */
export const updateProductOptionValuesStep = updateRecordsStep<{ value?: string; metadata?: Metadata }, ProductOptionValueRecord>(
  "update-product-option-values",
  "product",
  "ProductOptionValues",
);
/** Deletes values of options, softly; undone by restoring them. */
export const deleteProductOptionValuesStep = deleteRecordsStep("delete-product-option-values", "product", "ProductOptionValues");

/** Creates options that products share. */
export const createProductOptionsWorkflow = createWorkflow(
  "create-product-options",
  (input: { product_options: CreateProductOptionInput[]; additional_data?: Record<string, unknown> }) => {
    const created = createProductOptionsStep(input.product_options);
    const productOptionsCreated = createHook("productOptionsCreated", { product_options: created, additional_data: input.additional_data });
    emitEventStep({
      eventName: "product-option.created",
      data: transform({ created }, ({ created }) => created.map(({ id }) => ({ id }))),
    });
    return new WorkflowResponse(created, { hooks: [productOptionsCreated] });
  },
);

/** Changes options and their values. */
export const updateProductOptionsWorkflow = createWorkflow(
  "update-product-options",
  (input: { selector: Record<string, unknown>; update: Partial<CreateProductOptionInput>; additional_data?: Record<string, unknown> }) => {
    const updated = updateProductOptionsStep({ selector: input.selector, update: input.update });
    const productOptionsUpdated = createHook("productOptionsUpdated", { product_options: updated, additional_data: input.additional_data });
    emitEventStep({
      eventName: "product-option.updated",
      data: transform({ updated }, ({ updated }) => updated.map(({ id }) => ({ id }))),
    });
    return new WorkflowResponse(updated, { hooks: [productOptionsUpdated] });
  },
);

/** Deletes options. */
export const deleteProductOptionsWorkflow = createWorkflow("delete-product-options", (input: { ids: string[] }) => {
  deleteProductOptionsStep(input.ids);
  removeRemoteLinkStep({ product: { product_option_id: input.ids } });
  const productOptionsDeleted = createHook("productOptionsDeleted", { ids: input.ids });
  emitEventStep({ eventName: "product-option.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined, { hooks: [productOptionsDeleted] });
});

/** Changes values of options. */
export const updateProductOptionValuesWorkflow = createWorkflow(
  "update-product-option-values",
  (input: { selector: Record<string, unknown>; update: { value?: string; metadata?: Metadata } }) => {
    const updated = updateProductOptionValuesStep(input);
    emitEventStep({
      eventName: "product-option-value.updated",
      data: transform({ updated }, ({ updated }) => updated.map(({ id }) => ({ id }))),
    });
    return new WorkflowResponse(updated);
  },
);

/** Deletes values of options. */
export const deleteProductOptionValuesWorkflow = createWorkflow("delete-product-option-values", (input: { ids: string[] }) => {
  deleteProductOptionValuesStep(input.ids);
  emitEventStep({ eventName: "product-option-value.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined);
});

/** What changes of a product's options. New options belong to this product alone unless they say otherwise. */
export interface LinkProductOptionsInput {
  product_id: string;
  /** Ids, existing options with the values to use, or new ones. */
  add?: (string | { id: string; value_ids?: string[] } | CreateProductOptionInput)[];
  /** Ids of options to take away. */
  remove?: string[];
  /** Values to use, or not to use any longer, by their ids. */
  update?: { product_option_id: string; add?: string[]; remove?: string[] }[];
}

/** What undoes a change of a product's options. */
interface Undo {
  created: string[];
  added: { product_id: string; product_option_id: string }[];
  removed: { product_id: string; product_option_id: string }[];
  values: { product_id: string; product_option_id: string; add?: string[]; remove?: string[] }[];
}

/** Adds options to a product, takes others from it, and says which values it uses; undone by the reverse. */
export const linkProductOptionsStep = createStep(
  { name: "link-product-options", transactional: "shared" },
  async ({ product_id, add = [], remove = [], update = [] }: LinkProductOptionsInput, { container, context }) => {
    const products = container.resolve("product");
    const fresh = add.filter((option): option is CreateProductOptionInput => typeof option === "object" && "title" in option);
    const created = fresh.length
      ? await products.createProductOptions(
          fresh.map((option) => ({ is_exclusive: true, ...option })),
          context,
        )
      : [];
    const existing = add.flatMap((option) => {
      if (typeof option === "string") return [{ product_id, product_option_id: option }];
      return "id" in option ? [{ product_id, product_option_id: option.id, product_option_value_ids: option.value_ids }] : [];
    });
    const added = [...existing, ...created.map(({ id }) => ({ product_id, product_option_id: id }))];
    if (added.length) await products.addProductOptionToProduct(added, context);
    const removed = remove.map((product_option_id) => ({ product_id, product_option_id }));
    if (removed.length) await products.removeProductOptionFromProduct(removed, context);
    const values = update.map((change) => ({ ...change, product_id }));
    if (values.length) await products.updateProductOptionValuesOnProduct(values, context);
    return new StepResponse<undefined, Undo>(undefined, { created: created.map(({ id }) => id), added, removed, values });
  },
  async (undo, { container, context }) => {
    if (!undo) return;
    const products = container.resolve("product");
    const reversed = undo.values.map(({ add, remove, ...pair }) => ({ ...pair, add: remove, remove: add }));
    if (reversed.length) await products.updateProductOptionValuesOnProduct(reversed, context);
    if (undo.removed.length) {
      await products.restoreProductOptions(
        undo.removed.map(({ product_option_id }) => product_option_id),
        {},
        context,
      );
      await products.addProductOptionToProduct(undo.removed, context);
    }
    if (undo.added.length) await products.removeProductOptionFromProduct(undo.added, context);
    if (undo.created.length) await products.deleteProductOptions(undo.created, context);
  },
);

/** Changes which options a product has, and which of their values it uses. */
export const createAndLinkProductOptionsToProductWorkflow = createWorkflow(
  "create-and-link-product-options-to-product",
  (input: LinkProductOptionsInput) => {
    linkProductOptionsStep(input);
    emitEventStep({ eventName: "product.updated", data: transform({ input }, ({ input }) => ({ id: input.product_id })) });
    return new WorkflowResponse(undefined);
  },
);
