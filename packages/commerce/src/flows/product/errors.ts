import { defineErrors } from "@velella/kernel";

/** What the flows of products refuse. */
export const productFlowErrors = defineErrors("product_flow", {
  withoutOptions: {
    type: "invalid_data",
    message: (titles: readonly string[]) => `Product options are not provided for: [${titles.join(", ")}].`,
    hint: () => `Give each product options, such as [{ title: "Default", values: ["One"] }].`,
  },
});
