import { Module } from "@velella/framework";
import { PricingModuleService } from "./service";

export default Module("pricing", { service: PricingModuleService });
