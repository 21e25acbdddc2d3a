import { loneVariantFields, productFields } from "../../fields/product";
import { list, one } from "../../query-configs";

const ruleFields = ["value", "attribute"].map((field) => `prices.price_rules.${field}`);
const variantDefaults = [...loneVariantFields, "deleted_at", "*prices", "*options", ...ruleFields];

export const retrieveVariantConfig = one(variantDefaults);
export const listVariantConfig = list(variantDefaults, 50);
export const listAllVariantsConfig = list([...variantDefaults, "*product"], 50);
export const listOptionConfig = list(["id", "title"], 50);

const defaults = [
  ...productFields,
  "status",
  "external_id",
  "deleted_at",
  "metadata",
  "*variants.prices",
  ...ruleFields.map((field) => `variants.${field}`),
  "*variants.images",
  "*sales_channels",
];

export const retrieveProductConfig = one(defaults);
export const listProductConfig = list(defaults, 50);
