import { Module } from "@velella/framework";
import { UserModuleService } from "./service";

export default Module("user", { service: UserModuleService });
export type { UserModuleService } from "./service";
export type { InviteRecord, UserRecord } from "./types";
