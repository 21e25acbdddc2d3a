import { list, one } from "../../query-configs";

const defaults = ["id", "title", "handle", "external_id", "created_at", "updated_at", "metadata"];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults, 10);
