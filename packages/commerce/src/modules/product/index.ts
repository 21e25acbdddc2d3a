import { Module } from "@velella/framework";
import { ProductModuleService } from "./service";

export default Module("product", { service: ProductModuleService });
