import { list, one } from "../../query-configs";

const defaults = [
  "id",
  "company_name",
  "first_name",
  "last_name",
  "email",
  "phone",
  "metadata",
  "has_account",
  "created_by",
  "created_at",
  "updated_at",
  "deleted_at",
];
const addressDefaults = [
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
  "created_at",
  "updated_at",
];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults);
export const retrieveAddressConfig = one(addressDefaults);
export const listAddressesConfig = list(addressDefaults);
