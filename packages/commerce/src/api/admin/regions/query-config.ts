import { list, one } from "../../query-configs";

const defaults = ["id", "name", "currency_code", "created_at", "updated_at", "deleted_at", "automatic_taxes", "metadata", "*countries"];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults, 20);
