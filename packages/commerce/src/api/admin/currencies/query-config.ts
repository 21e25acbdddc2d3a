import { list, one } from "../../query-configs";

const defaults = ["code", "name", "symbol", "symbol_native", "decimal_digits", "rounding"];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults, 200);
