import { Module } from "@velella/framework";
import { loadNotificationProviders } from "./load-providers";
import { NotificationModuleService } from "./service";

export default Module("notification", { service: NotificationModuleService, loaders: [loadNotificationProviders] });
export type { NotificationModuleService } from "./service";
export type { CreateNotificationInput, NotificationRecord } from "./types";
