import { list, one } from "../../query-configs";

const defaults = ["id", "email", "accepted", "token", "expires_at", "metadata", "created_at", "updated_at", "deleted_at"];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults);
