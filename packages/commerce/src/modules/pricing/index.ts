import { Module } from "@velella/framework";
import { PricingModuleService } from "./service";

export default Module("pricing", { service: PricingModuleService });
export type { PricingModuleService } from "./service";
export type {
  AddPricesInput,
  CalculatedPriceSet,
  CreatePriceInput,
  CreatePriceSetInput,
  PriceListRecord,
  PriceListRuleRecord,
  PricePreferenceRecord,
  PriceRecord,
  PriceRuleRecord,
  PriceSetRecord,
  PricingContext,
  UpdatePriceSetInput,
} from "./types";
