import { emitEventStep, removeRemoteLinkStep } from "@velella/framework";
import { createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import type { RegionRecord } from "../../modules/region/types";
import { upsertPricePreferencesStep } from "../pricing/upsert-price-preferences";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";

/**
 * A region to be made. `currency_code` is kept in lower case.
 *
 * @throws `invalid_data` from the step, for countries that do not exist or belong to a region
 */
export interface CreateRegionInput {
  id?: string;
  name: string;
  currency_code: string;
  /** Kept for clients, nothing here computes taxes. Default: true. */
  automatic_taxes?: boolean;
  /** Two-letter codes. A country belongs to one region. */
  countries?: string[];
  metadata?: Record<string, unknown> | null;
}

/** A region with what other modules have of it. */
export interface CreateRegionWithPreferences extends CreateRegionInput {
  /** Whether prices in the region include tax. */
  is_tax_inclusive?: boolean;
  /** Ids of payment providers. Without a payment module there are none, and the list has no effect. */
  payment_providers?: string[];
}

/** Creates regions; undone by deleting them. */
export const createRegionsStep = createRecordsStep<CreateRegionInput, RegionRecord>("create-regions", "region", "Regions");
/** Changes regions; undone by writing what they were. */
export const updateRegionsStep = updateRecordsStep<Partial<CreateRegionInput>, RegionRecord>("update-region", "region", "Regions", {
  countries: "countries",
});
/** Deletes regions, softly; undone by restoring them. */
export const deleteRegionsStep = deleteRecordsStep("delete-regions", "region", "Regions");

const bare = <T extends Partial<CreateRegionWithPreferences>>({ is_tax_inclusive: _tax, payment_providers: _providers, ...region }: T) =>
  region;

/** Creates regions, with their preference on taxes. */
export const createRegionsWorkflow = createWorkflow("create-regions", (input: { regions: CreateRegionWithPreferences[] }) => {
  const created = createRegionsStep(transform({ input }, ({ input }) => input.regions.map(bare) as CreateRegionInput[]));
  upsertPricePreferencesStep(
    transform({ input, created }, ({ input, created }) =>
      created.map(({ id }, index) => ({
        attribute: "region_id",
        value: id,
        is_tax_inclusive: input.regions[index]?.is_tax_inclusive ?? false,
      })),
    ),
  );
  emitEventStep({ eventName: "region.created", data: transform({ created }, ({ created }) => created.map(({ id }) => ({ id }))) });
  return new WorkflowResponse(created);
});

/** Changes regions, and their preference on taxes. */
export const updateRegionsWorkflow = createWorkflow(
  "update-regions",
  (input: { selector: Record<string, unknown>; update: Partial<CreateRegionWithPreferences> }) => {
    const updated = updateRegionsStep(transform({ input }, ({ input }) => ({ selector: input.selector, update: bare(input.update) })));
    upsertPricePreferencesStep(
      transform({ input, updated }, ({ input, updated }) => {
        const { is_tax_inclusive } = input.update;
        if (is_tax_inclusive === undefined) return [];
        return updated.map(({ id }) => ({ attribute: "region_id", value: id, is_tax_inclusive }));
      }),
    );
    emitEventStep({ eventName: "region.updated", data: transform({ updated }, ({ updated }) => updated.map(({ id }) => ({ id }))) });
    return new WorkflowResponse(updated);
  },
);

/** Deletes regions; their countries are free again. */
export const deleteRegionsWorkflow = createWorkflow("delete-regions", (input: { ids: string[] }) => {
  deleteRegionsStep(input.ids);
  removeRemoteLinkStep({ region: { region_id: input.ids } });
  emitEventStep({ eventName: "region.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined);
});
