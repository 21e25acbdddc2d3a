import { Module } from "@velella/framework";
import { RegionModuleService } from "./service";

export default Module("region", { service: RegionModuleService });
export type { RegionModuleService } from "./service";
export type { CountryRecord, RegionRecord } from "./types";
