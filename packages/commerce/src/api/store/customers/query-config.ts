import { list, one } from "../../query-configs";

const addressFields = [
  "id",
  "address_name",
  "company",
  "customer_id",
  "first_name",
  "last_name",
  "address_1",
  "address_2",
  "city",
  "province",
  "postal_code",
  "country_code",
  "phone",
  "metadata",
  "is_default_shipping",
  "is_default_billing",
  "created_at",
  "updated_at",
];
const fields = [
  "id",
  "email",
  "company_name",
  "first_name",
  "last_name",
  "phone",
  "metadata",
  "has_account",
  "deleted_at",
  "created_at",
  "updated_at",
];

export const retrieveConfig = one(
  [...fields, "*addresses"],
  [...fields, "addresses", "orders", ...addressFields.map((field) => `addresses.${field}`)],
);
export const retrieveAddressConfig = one(addressFields, addressFields);
export const listAddressesConfig = list(addressFields, undefined, addressFields);
