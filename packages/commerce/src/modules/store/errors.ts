import { defineErrors } from "@velella/kernel";

/** What the store module refuses. */
export const storeErrors = defineErrors("store", {
  noDefaultCurrency: {
    type: "invalid_data",
    message: () => "There should be a default currency set for the store",
    hint: () => "Mark one of supported_currencies with is_default: true.",
  },
  severalDefaultCurrencies: {
    type: "invalid_data",
    message: () => "Only one default currency is allowed",
  },
  duplicateCurrencies: {
    type: "invalid_data",
    message: (codes: readonly string[]) => `Duplicate currency codes: ${codes.join(", ")}`,
    hint: () => "Name each currency once.",
  },
});
