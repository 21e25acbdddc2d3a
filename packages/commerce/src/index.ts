/** Commerce modules with their workflows, links and API. */
import "./graph-types";
import "./modules/container-types";

export { commerceDefaults } from "./defaults";
export { defineConfig } from "@velella/framework";
export { Modules } from "./modules/keys";
export { coreModules } from "./modules/registry";
export type { CoreModule } from "./modules/registry";
export { commerceSections } from "./api/sections";
export { AbstractAuthModuleProvider } from "./modules/auth/provider";
export type {
  AuthenticationInput,
  AuthenticationResponse,
  AuthIdentityProviderService,
  AuthIdentityRecord,
  ProviderIdentityRecord,
} from "./modules/auth/types";
export { AbstractNotificationProviderService } from "./modules/notification/provider";
export type { ProviderSendNotification, ProviderSendNotificationResult } from "./modules/notification/provider";
export type { CreateNotificationInput, NotificationRecord } from "./modules/notification/types";
export { isValidHandle, toHandle } from "./modules/product/handle";
export { ProductStatus } from "./modules/product/types";
