import { ModuleProvider } from "@velella/framework";
import { LocalNotificationService } from "./local";

/** The provider that logs, as `resolve` of an entry in the notification module's `providers`. */
export default ModuleProvider("notification", { services: [LocalNotificationService] });
