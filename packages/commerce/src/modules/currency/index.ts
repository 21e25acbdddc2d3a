import { Module } from "@velella/framework";
import { seedCurrencies } from "./seed-currencies";
import { CurrencyModuleService } from "./service";

export default Module("currency", { service: CurrencyModuleService, loaders: [seedCurrencies] });
