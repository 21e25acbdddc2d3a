import { Module } from "@velella/framework";
import { loadNotificationProviders } from "./load-providers";
import { NotificationModuleService } from "./service";

export default Module("notification", { service: NotificationModuleService, loaders: [loadNotificationProviders] });
