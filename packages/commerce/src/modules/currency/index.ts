import { Module } from "@velella/framework";
import { CurrencyModuleService } from "./service";

export default Module("currency", { service: CurrencyModuleService });
export type { CurrencyModuleService } from "./service";
export type { CurrencyRecord } from "./types";
