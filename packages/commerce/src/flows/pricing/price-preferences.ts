import { createWorkflow, WorkflowResponse } from "@velella/workflows";
import type { PricePreferenceRecord } from "../../modules/pricing/types";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";

/**
 * Whether prices include tax: in a region (`attribute: "region_id"`, its id as `value`), or in a currency (`"currency_code"`,
 * its code). They do not by default; the region's word counts before the currency's.
 *
 * @throws `invalid_data` from the step, where there is a preference for these two already
 */
export interface PricePreferenceInput {
  attribute: string;
  value: string;
  is_tax_inclusive?: boolean;
}

/** Creates price preferences; undone by deleting them. */
export const createPricePreferencesStep = createRecordsStep<PricePreferenceInput, PricePreferenceRecord>(
  "create-price-preferences",
  "pricing",
  "PricePreferences",
);
/** Changes price preferences; undone by writing what they were. */
export const updatePricePreferencesStep = updateRecordsStep<Partial<PricePreferenceInput>, PricePreferenceRecord>(
  "update-price-preferences",
  "pricing",
  "PricePreferences",
);
/** Deletes price preferences, softly; undone by restoring them. */
export const deletePricePreferencesStep = deleteRecordsStep("delete-price-preferences", "pricing", "PricePreferences");

/** Says, for regions or currencies, whether prices include tax. */
export const createPricePreferencesWorkflow = createWorkflow(
  "create-price-preferences",
  (input: PricePreferenceInput[]) => new WorkflowResponse(createPricePreferencesStep(input)),
);

/** Changes price preferences. */
export const updatePricePreferencesWorkflow = createWorkflow(
  "update-price-preferences",
  (input: { selector: Record<string, unknown>; update: Partial<PricePreferenceInput> }) =>
    new WorkflowResponse(updatePricePreferencesStep(input)),
);

/** Deletes price preferences. */
export const deletePricePreferencesWorkflow = createWorkflow("delete-price-preferences", (input: { ids: string[] }) => {
  deletePricePreferencesStep(input.ids);
  return new WorkflowResponse(undefined);
});
