import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@velella/workflows";
import type { LinkWorkflowInput } from "../sales-channel/link-products";
import { apiKeyFlowErrors } from "./errors";

/** Refuses sales channels that are not there. */
export const validateSalesChannelsExistStep = createStep(
  { name: "validate-sales-channels-exist", pure: true },
  async ({ sales_channel_ids = [] }: { sales_channel_ids?: string[] }, { container }) => {
    if (!sales_channel_ids.length) return new StepResponse(sales_channel_ids);
    const found = await container.resolve("sales_channel").listSalesChannels({ id: sales_channel_ids }, { select: ["id"] });
    const known = new Set((found as { id: string }[]).map(({ id }) => id));
    const missing = sales_channel_ids.filter((id) => !known.has(id));
    if (missing.length) throw apiKeyFlowErrors.unknownSalesChannels(missing);
    return new StepResponse(sales_channel_ids);
  },
);

/** Refuses keys to which channels do not apply. */
export const validatePublishableKeyStep = createStep(
  { name: "validate-publishable-key", pure: true },
  async ({ id }: { id: string }, { container }) => {
    const key: { type: string } = await container.resolve("api_key").retrieveApiKey(id);
    if (key.type !== "publishable") throw apiKeyFlowErrors.notPublishable();
  },
);

const linksOf = (key: string, channels: readonly string[]) =>
  channels.map((id) => ({ api_key: { publishable_key_id: key }, sales_channel: { sales_channel_id: id } }));

/** Links a key with sales channels, and takes others from it; undone by the reverse. */
export const linkSalesChannelsToApiKeyStep = createStep(
  { name: "link-sales-channels-to-api-key", transactional: "shared" },
  async (input: LinkWorkflowInput, { container, context }) => {
    const { id, add = [], remove = [] } = input;
    const link = container.resolve("link");
    if (add.length) await link.create(linksOf(id, add), context);
    if (remove.length) await link.dismiss(linksOf(id, remove), context);
    return new StepResponse(undefined, input);
  },
  async (input, { container, context }) => {
    if (!input) return;
    const { id, add = [], remove = [] } = input;
    const link = container.resolve("link");
    if (add.length) await link.dismiss(linksOf(id, add), context);
    if (remove.length) await link.create(linksOf(id, remove), context);
  },
);

/** Says which sales channels a storefront with a publishable key shows. */
export const linkSalesChannelsToApiKeyWorkflow = createWorkflow("link-sales-channels-to-api-key", (input: LinkWorkflowInput) => {
  validatePublishableKeyStep({ id: input.id });
  validateSalesChannelsExistStep({ sales_channel_ids: input.add });
  linkSalesChannelsToApiKeyStep(input);
  return new WorkflowResponse(undefined);
});
