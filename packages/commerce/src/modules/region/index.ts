import { Module } from "@velella/framework";
import { RegionModuleService } from "./service";

export default Module("region", { service: RegionModuleService });
