import { list, one } from "../../query-configs";
import { allowedProductFields } from "../products/query-config";

const defaults = ["id", "value", "external_id", "created_at", "updated_at", "metadata", "*products"];
const allowed = [...defaults.map((field) => field.replace("*", "")), ...allowedProductFields.map((field) => `products.${field}`)];

export const retrieveConfig = one(defaults, allowed);
export const listConfig = list(defaults, 50, allowed);
