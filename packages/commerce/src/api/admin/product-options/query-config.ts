import { list, one } from "../../query-configs";

const defaults = [
  "id",
  "title",
  "is_exclusive",
  "values.*",
  "products.*",
  "products.type.id",
  "products.collection.id",
  "created_at",
  "updated_at",
  "metadata",
];
const valueDefaults = ["id", "value", "rank", "option_id", "created_at", "updated_at", "metadata"];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults, 20);
export const retrieveValueConfig = one(valueDefaults);
export const listValuesConfig = list(valueDefaults, 20);
