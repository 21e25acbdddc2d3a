import { model } from "@velella/data";

/** All prices of one sellable thing; calculated in a context to one of them. */
export const PriceSet = model
  .define("PriceSet", {
    id: model.id({ prefix: "pset" }).primaryKey(),
    prices: model.hasMany((): typeof Price => Price, { mappedBy: "price_set" }),
  })
  .cascades({ delete: ["prices"] });

/** An amount in a currency, for a range of quantities, under rules. */
export const Price = model
  .define("Price", {
    id: model.id({ prefix: "price" }).primaryKey(),
    title: model.text().nullable(),
    currency_code: model.text(),
    amount: model.bigNumber(),
    min_quantity: model.bigNumber().nullable(),
    max_quantity: model.bigNumber().nullable(),
    rules_count: model.number().default(0).nullable(),
    price_set: model.belongsTo((): typeof PriceSet => PriceSet, { mappedBy: "prices" }),
    price_rules: model.hasMany((): typeof PriceRule => PriceRule, { mappedBy: "price" }),
    price_list: model.belongsTo((): typeof PriceList => PriceList, { mappedBy: "prices" }).nullable(),
  })
  .cascades({ delete: ["price_rules"] })
  .indexes([
    { name: "IDX_price_price_set_id", on: ["price_set_id"] },
    { name: "IDX_price_price_list_id", on: ["price_list_id"] },
    { name: "IDX_price_currency_code", on: ["currency_code"] },
  ]);

/** A condition on the context, such as `region_id eq reg_1`, under which a price applies. */
export const PriceRule = model
  .define("PriceRule", {
    id: model.id({ prefix: "prule" }).primaryKey(),
    attribute: model.text(),
    value: model.text(),
    operator: model.enum(["gte", "lte", "gt", "lt", "eq"]).default("eq"),
    priority: model.number().default(0),
    price: model.belongsTo((): typeof Price => Price, { mappedBy: "price_rules" }),
  })
  .indexes([
    { name: "IDX_price_rule_price_id_attribute_operator_unique", on: ["price_id", "attribute", "operator"], unique: true },
    { name: "IDX_price_rule_attribute", on: ["attribute"] },
    { name: "IDX_price_rule_attribute_value", on: ["attribute", "value"] },
    { name: "IDX_price_rule_operator_value", on: ["operator", "value"] },
    { name: "IDX_price_rule_attribute_value_price_id", on: ["attribute", "value", "price_id"] },
  ]);

/** Prices that hold for a time and for some: a sale, or an override. */
export const PriceList = model
  .define("PriceList", {
    id: model.id({ prefix: "plist" }).primaryKey(),
    title: model.text().searchable(),
    description: model.text().searchable(),
    status: model.enum(["active", "draft"]).default("draft"),
    type: model.enum(["sale", "override"]).default("sale"),
    starts_at: model.dateTime().nullable(),
    ends_at: model.dateTime().nullable(),
    rules_count: model.number().default(0).nullable(),
    metadata: model.json().nullable(),
    prices: model.hasMany((): typeof Price => Price, { mappedBy: "price_list" }),
    price_list_rules: model.hasMany((): typeof PriceListRule => PriceListRule, { mappedBy: "price_list" }),
  })
  .cascades({ delete: ["price_list_rules", "prices"] })
  .indexes([
    { name: "IDX_price_list_id_status_starts_at_ends_at", on: ["id", "status", "starts_at", "ends_at"], where: "status = 'active'" },
  ]);

/** A condition on the context under which a price list applies; `value` is a list of accepted values. */
export const PriceListRule = model
  .define("PriceListRule", {
    id: model.id({ prefix: "prule" }).primaryKey(),
    attribute: model.text(),
    value: model.json().nullable(),
    price_list: model.belongsTo((): typeof PriceList => PriceList, { mappedBy: "price_list_rules" }),
  })
  .indexes([
    { name: "IDX_price_list_rule_price_list_id", on: ["price_list_id"] },
    { name: "IDX_price_list_rule_attribute", on: ["attribute"] },
    { name: "IDX_price_list_rule_value", on: ["value"], type: "gin" },
  ]);

/** Whether prices of a currency or region include tax. */
export const PricePreference = model
  .define("PricePreference", {
    id: model.id({ prefix: "prpref" }).primaryKey(),
    attribute: model.text(),
    value: model.text().nullable(),
    is_tax_inclusive: model.boolean().default(false),
  })
  .indexes([{ name: "IDX_price_preference_attribute_value", on: ["attribute", "value"], unique: true }]);
