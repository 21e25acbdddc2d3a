import { Module } from "@velella/framework";
import { SalesChannelModuleService } from "./service";

export default Module("sales_channel", { service: SalesChannelModuleService });
export type { SalesChannelModuleService } from "./service";
export type { SalesChannelRecord } from "./types";
