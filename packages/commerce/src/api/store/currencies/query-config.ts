import { list, one } from "../../query-configs";

const defaults = ["code", "name", "symbol", "symbol_native", "decimal_digits", "rounding"];
const allowed = [...defaults, "created_at", "updated_at", "deleted_at"];

export const retrieveConfig = one(defaults, allowed);
export const listConfig = list(defaults, 50, allowed);
