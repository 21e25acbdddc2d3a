import { model } from "@velella/data";

/** Countries that share a currency and the way of paying. */
export const Region = model.define(
  { name: "Region", tableName: "region" },
  {
    id: model.id({ prefix: "reg" }).primaryKey(),
    name: model.text().searchable().translatable(),
    currency_code: model.text().searchable(),
    automatic_taxes: model.boolean().default(true),
    metadata: model.json().nullable(),
    countries: model.hasMany((): typeof Country => Country, { mappedBy: "region" }),
  },
);

/** A country of ISO 3166-1; belongs to at most one region. */
export const Country = model
  .define(
    { name: "Country", tableName: "region_country" },
    {
      iso_2: model.text().searchable().primaryKey(),
      iso_3: model.text(),
      num_code: model.text(),
      name: model.text().searchable(),
      display_name: model.text(),
      metadata: model.json().nullable(),
      region: model.belongsTo((): typeof Region => Region, { mappedBy: "countries" }).nullable(),
    },
  )
  .indexes([{ name: "IDX_region_country_region_id_iso_2_unique", on: ["region_id", "iso_2"], unique: true }]);
