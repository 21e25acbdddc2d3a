import { defineErrors } from "@velella/kernel";

/** What the pricing module refuses. */
export const pricingErrors = defineErrors("pricing", {
  noCurrency: {
    type: "invalid_data",
    message: () => "Method calculatePrices requires currency_code in the pricing context",
    hint: () => "Give the query a context with currency_code, such as QueryContext({ region_id, currency_code }).",
  },
});
