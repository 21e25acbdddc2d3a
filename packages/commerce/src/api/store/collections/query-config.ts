import { list, one } from "../../query-configs";
import { allowedProductFields } from "../products/query-config";

const defaults = ["id", "title", "handle", "external_id", "created_at", "updated_at"];
const allowed = [...defaults, "metadata", "deleted_at", "products", ...allowedProductFields.map((field) => `products.${field}`)];

export const retrieveConfig = one(defaults, allowed);
export const listConfig = list(defaults, 10, allowed);
