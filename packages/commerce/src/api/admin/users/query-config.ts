import { list, one } from "../../query-configs";

const defaults = ["id", "first_name", "last_name", "email", "avatar_url", "metadata", "created_at", "updated_at", "deleted_at"];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults);
