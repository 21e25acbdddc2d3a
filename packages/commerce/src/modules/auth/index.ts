import { Module } from "@velella/framework";
import { loadAuthProviders } from "./load-providers";
import { AuthModuleService } from "./service";

export default Module("auth", { service: AuthModuleService, loaders: [loadAuthProviders] });
export type { AuthModuleService } from "./service";
