import { Module } from "@velella/framework";
import { seedCountries } from "./seed-countries";
import { RegionModuleService } from "./service";

export default Module("region", { service: RegionModuleService, loaders: [seedCountries] });
