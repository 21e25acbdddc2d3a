import { createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import type { StoreRecord } from "../../modules/store/types";
import { upsertPricePreferencesStep } from "../pricing/upsert-price-preferences";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";

/** A currency that a store sells in, kept in lower case. */
export interface StoreCurrencyInput {
  currency_code: string;
  is_default?: boolean;
}

/**
 * A store to be made, or what of one is changed.
 *
 * @throws `invalid_data` from the step, unless exactly one of the currencies is the default, and none is there twice
 */
export interface CreateStoreInput {
  id?: string;
  name?: string;
  /** One of them is the default. The list replaces what there was. */
  supported_currencies?: StoreCurrencyInput[];
  /** The list replaces what there was. */
  supported_locales?: { locale_code: string }[];
  /** Kept for clients: nothing here falls back on it. */
  default_sales_channel_id?: string | null;
  default_region_id?: string | null;
  default_location_id?: string | null;
  metadata?: Record<string, unknown> | null;
}

/** A store with what the pricing module has of it. */
export interface UpdateStoreInput extends Omit<CreateStoreInput, "supported_currencies"> {
  supported_currencies?: (StoreCurrencyInput & { is_tax_inclusive?: boolean })[];
}

/** Creates stores; undone by deleting them. */
export const createStoresStep = createRecordsStep<CreateStoreInput, StoreRecord>("create-stores", "store", "Stores");
/** Changes stores; undone by writing what they were. */
export const updateStoresStep = updateRecordsStep<CreateStoreInput, StoreRecord>("update-stores", "store", "Stores", {
  supported_currencies: "supported_currencies",
  supported_locales: "supported_locales",
});
/** Deletes stores, softly; undone by restoring them. */
export const deleteStoresStep = deleteRecordsStep("delete-stores", "store", "Stores");

/** Creates stores. */
export const createStoresWorkflow = createWorkflow(
  "create-stores",
  (input: { stores: CreateStoreInput[] }) => new WorkflowResponse(createStoresStep(input.stores)),
);

/** Changes stores, and whether prices in their currencies include tax. */
export const updateStoresWorkflow = createWorkflow(
  "update-stores",
  (input: { selector: Record<string, unknown>; update: UpdateStoreInput }) => {
    const changes = transform({ input }, ({ input }) => {
      const { supported_currencies, ...store } = input.update;
      const currencies = supported_currencies?.map(({ is_tax_inclusive: _tax, ...currency }) => currency);
      return {
        selector: input.selector,
        update: { ...store, ...(currencies && { supported_currencies: currencies }) },
      };
    });
    const stores = updateStoresStep(changes);
    upsertPricePreferencesStep(
      transform({ input }, ({ input }) =>
        (input.update.supported_currencies ?? []).flatMap(({ currency_code, is_tax_inclusive }) =>
          is_tax_inclusive === undefined ? [] : [{ attribute: "currency_code", value: currency_code, is_tax_inclusive }],
        ),
      ),
    );
    return new WorkflowResponse(stores);
  },
);

/** Deletes stores. */
export const deleteStoresWorkflow = createWorkflow("delete-stores", (input: { ids: string[] }) => {
  deleteStoresStep(input.ids);
  return new WorkflowResponse(undefined);
});
