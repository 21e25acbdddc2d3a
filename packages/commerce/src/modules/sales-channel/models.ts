import { model } from "@velella/data";

/** A place where products are sold: a web shop, a till, a marketplace. */
export const SalesChannel = model.define("SalesChannel", {
  id: model.id({ prefix: "sc" }).primaryKey(),
  name: model.text().searchable(),
  description: model.text().searchable().nullable(),
  is_disabled: model.boolean().default(false),
  metadata: model.json().nullable(),
});
