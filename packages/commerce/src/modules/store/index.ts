import { Module } from "@velella/framework";
import { StoreModuleService } from "./service";

export default Module("store", { service: StoreModuleService });
