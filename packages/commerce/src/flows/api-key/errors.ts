import { defineErrors } from "@velella/kernel";

/** What the flows of API keys refuse. */
export const apiKeyFlowErrors = defineErrors("api_key_flow", {
  notPublishable: {
    type: "invalid_data",
    message: () => "Sales channels can only be associated with publishable API keys",
    hint: () => "Secret keys reach everything; create a key of the type publishable for a storefront.",
  },
  unknownSalesChannels: {
    type: "invalid_data",
    message: (ids: readonly string[]) => `Sales channels with IDs ${ids.join(", ")} do not exist`,
  },
});
