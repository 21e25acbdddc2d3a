import { Module } from "@velella/framework";
import { CustomerModuleService } from "./service";

export default Module("customer", { service: CustomerModuleService });
export type { CustomerModuleService } from "./service";
export type { CustomerAddressRecord, CustomerGroupRecord, CustomerRecord } from "./types";
