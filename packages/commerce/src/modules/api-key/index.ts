import { Module } from "@velella/framework";
import { ApiKeyModuleService } from "./service";

export default Module("api_key", { service: ApiKeyModuleService });
export type { ApiKeyModuleService } from "./service";
export type { ApiKeyRecord } from "./types";
