import { Module } from "@velella/framework";
import { UserModuleService } from "./service";

export default Module("user", { service: UserModuleService });
