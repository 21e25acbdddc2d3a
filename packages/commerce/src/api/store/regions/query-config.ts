import { list, one } from "../../query-configs";

const defaults = ["id", "name", "currency_code", "created_at", "updated_at", "deleted_at", "metadata", "*countries"];
const allowed = [
  ...defaults.map((field) => field.replace("*", "")),
  ...["id", "iso_2", "iso_3", "num_code", "name", "display_name"].map((field) => `countries.${field}`),
  "payment_providers",
  "payment_providers.id",
  "payment_providers.is_enabled",
];

export const retrieveConfig = one(defaults, allowed);
export const listConfig = list(defaults, 20, allowed);
