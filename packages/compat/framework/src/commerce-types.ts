/** The types of the commerce modules under the names that apps know; part of `@medusajs/framework/types`. */
import type {
  CreateCustomerAddressInput,
  CreateProductVariantWithPrices,
  CreateProductWithPrices,
  UpdateProductWithPrices,
} from "@velella/commerce/flows";
import type { CreatePriceInput } from "@velella/commerce/modules/pricing";
import type { CreateProductCategoryInput, CreateProductCollectionInput, ValueInput } from "@velella/commerce/modules/product";

export type {
  AuthenticationInput,
  AuthenticationResponse,
  AuthIdentityProviderService,
  AuthIdentityRecord as AuthIdentityDTO,
  ProviderIdentityRecord as ProviderIdentityDTO,
  ProviderSendNotification as ProviderSendNotificationDTO,
  ProviderSendNotificationResult as ProviderSendNotificationResultsDTO,
} from "@velella/commerce";
export type { ApiKeyModuleService as IApiKeyModuleService, ApiKeyRecord as ApiKeyDTO } from "@velella/commerce/modules/api-key";
export type { AuthModuleService as IAuthModuleService } from "@velella/commerce/modules/auth";
export type { CurrencyModuleService as ICurrencyModuleService, CurrencyRecord as CurrencyDTO } from "@velella/commerce/modules/currency";
export type {
  CustomerAddressRecord as CustomerAddressDTO,
  CustomerGroupRecord as CustomerGroupDTO,
  CustomerModuleService as ICustomerModuleService,
  CustomerRecord as CustomerDTO,
} from "@velella/commerce/modules/customer";
export type {
  CreateNotificationInput as CreateNotificationDTO,
  NotificationModuleService as INotificationModuleService,
  NotificationRecord as NotificationDTO,
} from "@velella/commerce/modules/notification";
export type {
  AddPricesInput as AddPricesDTO,
  CalculatedPriceSet,
  CreatePriceInput as CreatePricesDTO,
  CreatePriceSetInput as CreatePriceSetDTO,
  PriceListRecord as PriceListDTO,
  PriceListRuleRecord as PriceListRuleDTO,
  PricePreferenceRecord as PricePreferenceDTO,
  PriceRecord as PriceDTO,
  PriceRuleRecord as PriceRuleDTO,
  PriceSetRecord as PriceSetDTO,
  PricingContext,
  PricingModuleService as IPricingModuleService,
  UpdatePriceSetInput as UpdatePriceSetDTO,
} from "@velella/commerce/modules/pricing";
export type {
  CreateProductCategoryInput as CreateProductCategoryDTO,
  CreateProductCollectionInput as CreateProductCollectionDTO,
  CreateProductInput as CreateProductDTO,
  CreateProductOptionInput as CreateProductOptionDTO,
  CreateProductVariantInput as CreateProductVariantDTO,
  ProductCategoryRecord as ProductCategoryDTO,
  ProductCollectionRecord as ProductCollectionDTO,
  ProductImageRecord as ProductImageDTO,
  ProductModuleService as IProductModuleService,
  ProductOptionRecord as ProductOptionDTO,
  ProductOptionValueRecord as ProductOptionValueDTO,
  ProductRecord as ProductDTO,
  ProductTagRecord as ProductTagDTO,
  ProductTypeRecord as ProductTypeDTO,
  ProductVariantRecord as ProductVariantDTO,
  UpdateProductInput as UpdateProductDTO,
  UpdateProductInput as UpsertProductDTO,
  UpdateProductVariantInput as UpdateProductVariantDTO,
  UpdateProductVariantInput as UpsertProductVariantDTO,
  ValueInput as CreateProductTagDTO,
  ValueInput as CreateProductTypeDTO,
} from "@velella/commerce/modules/product";
export type {
  CountryRecord as RegionCountryDTO,
  RegionModuleService as IRegionModuleService,
  RegionRecord as RegionDTO,
} from "@velella/commerce/modules/region";
export type {
  SalesChannelModuleService as ISalesChannelModuleService,
  SalesChannelRecord as SalesChannelDTO,
} from "@velella/commerce/modules/sales-channel";
export type {
  StoreCurrencyRecord as StoreCurrencyDTO,
  StoreLocaleRecord as StoreLocaleDTO,
  StoreModuleService as IStoreModuleService,
  StoreRecord as StoreDTO,
} from "@velella/commerce/modules/store";
export type {
  InviteRecord as InviteDTO,
  UserModuleService as IUserModuleService,
  UserRecord as UserDTO,
} from "@velella/commerce/modules/user";
export type {
  CreateApiKeyInput as CreateApiKeyDTO,
  CreateCustomerInput as CreateCustomerDTO,
  CreateRegionInput as CreateRegionDTO,
  CreateSalesChannelInput as CreateSalesChannelDTO,
  CreateStoreInput as CreateStoreDTO,
  CreateUserInput as CreateUserDTO,
} from "@velella/commerce/flows";

export type CreateProductWorkflowInputDTO = CreateProductWithPrices;
export type CreateProductVariantWorkflowInputDTO = CreateProductVariantWithPrices;
export type UpdateProductWorkflowInputDTO = UpdateProductWithPrices & { id?: string };
export type UpdateProductCategoryDTO = Partial<CreateProductCategoryInput>;
export type UpsertProductCategoryDTO = Partial<CreateProductCategoryInput>;
export type UpsertProductCollectionDTO = Partial<CreateProductCollectionInput>;
export type UpsertProductTagDTO = Partial<ValueInput>;
export type UpsertProductTypeDTO = Partial<ValueInput>;
export type CreateCustomerAddressDTO = CreateCustomerAddressInput;
/** An amount in a currency, without the rules of a price. */
export type CreateMoneyAmountDTO = Omit<CreatePriceInput, "rules" | "title">;
