import { list, one } from "../../query-configs";

const defaults = ["id", "name", "created_by", "created_at", "updated_at", "deleted_at", "metadata"];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults);
