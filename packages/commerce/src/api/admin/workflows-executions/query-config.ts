import { list, one } from "../../query-configs";

export const retrieveConfig = one([
  "id",
  "workflow_id",
  "transaction_id",
  "context",
  "execution",
  "state",
  "created_at",
  "updated_at",
  "deleted_at",
]);
export const listConfig = list(["id", "workflow_id", "transaction_id", "state", "execution", "created_at", "updated_at", "deleted_at"]);
