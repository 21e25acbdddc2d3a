import { emitEventStep, removeRemoteLinkStep } from "@velella/framework";
import { createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import type { SalesChannelRecord } from "../../modules/sales-channel/types";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";

/** A sales channel to be made. Several may have the same name. */
export interface CreateSalesChannelInput {
  id?: string;
  name: string;
  description?: string | null;
  /** Kept for clients: a channel that is disabled goes on to sell. Default: false. */
  is_disabled?: boolean;
  metadata?: Record<string, unknown> | null;
}

/** Creates sales channels; undone by deleting them. */
export const createSalesChannelsStep = createRecordsStep<CreateSalesChannelInput, SalesChannelRecord>(
  "create-sales-channels",
  "sales_channel",
  "SalesChannels",
);
/** Changes sales channels; undone by writing what they were. */
export const updateSalesChannelsStep = updateRecordsStep<Partial<CreateSalesChannelInput>, SalesChannelRecord>(
  "update-sales-channels",
  "sales_channel",
  "SalesChannels",
);
/** Deletes sales channels, softly; undone by restoring them. */
export const deleteSalesChannelsStep = deleteRecordsStep("delete-sales-channels", "sales_channel", "SalesChannels");

/** Creates sales channels. */
export const createSalesChannelsWorkflow = createWorkflow(
  "create-sales-channels",
  (input: { salesChannelsData: CreateSalesChannelInput[] }) => {
    const created = createSalesChannelsStep(input.salesChannelsData);
    emitEventStep({ eventName: "sales-channel.created", data: transform({ created }, ({ created }) => created.map(({ id }) => ({ id }))) });
    return new WorkflowResponse(created);
  },
);

/** Changes sales channels. */
export const updateSalesChannelsWorkflow = createWorkflow(
  "update-sales-channels",
  (input: { selector: Record<string, unknown>; update: Partial<CreateSalesChannelInput> }) => {
    const updated = updateSalesChannelsStep(input);
    emitEventStep({ eventName: "sales-channel.updated", data: transform({ updated }, ({ updated }) => updated.map(({ id }) => ({ id }))) });
    return new WorkflowResponse(updated);
  },
);

/** Deletes sales channels with their links. */
export const deleteSalesChannelsWorkflow = createWorkflow("delete-sales-channels", (input: { ids: string[] }) => {
  deleteSalesChannelsStep(input.ids);
  removeRemoteLinkStep({ sales_channel: { sales_channel_id: input.ids } });
  emitEventStep({ eventName: "sales-channel.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined);
});
