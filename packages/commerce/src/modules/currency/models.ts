import { model } from "@velella/data";

/** A currency of ISO 4217, by its code in lower case. */
export const Currency = model.define(
  { name: "Currency", tableName: "currency" },
  {
    code: model.text().searchable().primaryKey(),
    symbol: model.text(),
    symbol_native: model.text(),
    name: model.text().searchable(),
    decimal_digits: model.number().default(0),
    rounding: model.bigNumber().default(0),
  },
);
