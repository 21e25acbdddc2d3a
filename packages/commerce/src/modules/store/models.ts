import { model } from "@velella/data";

/** The shop as a whole, with what it falls back on. */
export const Store = model
  .define("Store", {
    id: model.id({ prefix: "store" }).primaryKey(),
    name: model.text().default("Medusa Store").searchable(),
    default_sales_channel_id: model.text().nullable(),
    default_region_id: model.text().nullable(),
    default_location_id: model.text().nullable(),
    metadata: model.json().nullable(),
    supported_currencies: model.hasMany((): typeof StoreCurrency => StoreCurrency, { mappedBy: "store" }),
    supported_locales: model.hasMany((): typeof StoreLocale => StoreLocale, { mappedBy: "store" }),
  })
  .cascades({ delete: ["supported_currencies", "supported_locales"] });

/** A currency that a store sells in. */
export const StoreCurrency = model.define("StoreCurrency", {
  id: model.id({ prefix: "stocur" }).primaryKey(),
  currency_code: model.text().searchable(),
  is_default: model.boolean().default(false),
  store: model.belongsTo((): typeof Store => Store, { mappedBy: "supported_currencies" }).nullable(),
});

/** A language that a store speaks. */
export const StoreLocale = model.define("StoreLocale", {
  id: model.id({ prefix: "stloc" }).primaryKey(),
  locale_code: model.text().searchable(),
  store: model.belongsTo((): typeof Store => Store, { mappedBy: "supported_locales" }).nullable(),
});
