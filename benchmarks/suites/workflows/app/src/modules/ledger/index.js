const { Module } = require("@velella/framework");
const { model, ModuleService } = require("@velella/data");

const Entry = model.define("ledger_entry", {
  id: model.id({ prefix: "entry" }).primaryKey(),
  account: model.text(),
  amount: model.number(),
  note: model.text().nullable(),
});

class LedgerService extends ModuleService({ Entry }) {}

module.exports = { default: Module("ledger", { service: LedgerService }) };
