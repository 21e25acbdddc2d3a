import { list, one } from "../../query-configs";

const defaults = [
  ...["id", "to", "channel", "template", "data", "trigger_type"],
  ...["resource_id", "resource_type", "receiver_id", "created_at", "updated_at"],
];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults);
