import type { ApiKeyModuleService } from "./api-key/service";
import type { AuthModuleService } from "./auth/service";
import type { CurrencyModuleService } from "./currency/service";
import type { CustomerModuleService } from "./customer/service";
import type { NotificationModuleService } from "./notification/service";
import type { PricingModuleService } from "./pricing/service";
import type { ProductModuleService } from "./product/service";
import type { RegionModuleService } from "./region/service";
import type { SalesChannelModuleService } from "./sales-channel/service";
import type { StoreModuleService } from "./store/service";
import type { UserModuleService } from "./user/service";

declare module "@velella/kernel" {
  interface ContainerTypes {
    api_key: ApiKeyModuleService;
    auth: AuthModuleService;
    currency: CurrencyModuleService;
    customer: CustomerModuleService;
    notification: NotificationModuleService;
    pricing: PricingModuleService;
    product: ProductModuleService;
    region: RegionModuleService;
    sales_channel: SalesChannelModuleService;
    store: StoreModuleService;
    user: UserModuleService;
  }
}
