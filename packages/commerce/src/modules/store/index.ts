import { Module } from "@velella/framework";
import { StoreModuleService } from "./service";

export default Module("store", { service: StoreModuleService });
export type { StoreModuleService } from "./service";
export type { StoreCurrencyRecord, StoreLocaleRecord, StoreRecord } from "./types";
