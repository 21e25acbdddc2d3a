import { list, one } from "../../query-configs";

const defaults = [
  "id",
  "title",
  "token",
  "redacted",
  "type",
  "last_used_at",
  "updated_at",
  "created_at",
  "created_by",
  "revoked_at",
  "revoked_by",
  "sales_channels.id",
  "sales_channels.name",
];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults, 20);
