import { list, one } from "../../query-configs";

const defaults = ["id", "title", "is_exclusive", "values.*", "created_at", "updated_at", "metadata"];
const allowed = [...defaults.map((field) => field.replace(".*", "")), "values.id", "values.value"];

export const retrieveConfig = one(defaults, allowed);
export const listConfig = list(defaults, 50, allowed);
