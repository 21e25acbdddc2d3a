import { Module } from "@velella/framework";
import { CustomerModuleService } from "./service";

export default Module("customer", { service: CustomerModuleService });
