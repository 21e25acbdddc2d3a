import { Module } from "@velella/framework";
import { ApiKeyModuleService } from "./service";

export default Module("api_key", { service: ApiKeyModuleService });
