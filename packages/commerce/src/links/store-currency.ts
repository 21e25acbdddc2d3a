import { defineLink } from "@velella/framework";
import CurrencyModule from "../modules/currency";
import StoreModule from "../modules/store";

/** The currency behind a currency code of a store. */
export default defineLink({ linkable: StoreModule.linkable.storeCurrency, field: "currency_code" }, CurrencyModule.linkable.currency, {
  readOnly: true,
});
