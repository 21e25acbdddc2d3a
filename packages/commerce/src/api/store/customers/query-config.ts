import { addressFields, customerFields } from "../../fields/customer";
import { list, one } from "../../query-configs";

const ownAddressFields = [...addressFields, "is_default_shipping", "is_default_billing"];

export const retrieveConfig = one(
  [...customerFields, "*addresses"],
  [...customerFields, "addresses", "orders", ...ownAddressFields.map((field) => `addresses.${field}`)],
);
export const retrieveAddressConfig = one(ownAddressFields, ownAddressFields);
export const listAddressesConfig = list(ownAddressFields, undefined, ownAddressFields);
