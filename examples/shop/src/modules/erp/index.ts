import { Module } from "@medusajs/framework/utils";
import ErpService from "./service";

export const ERP_MODULE = "erp";

export default Module(ERP_MODULE, { service: ErpService });
