/** All flows of the commerce layer: workflows and steps under the names that apps know. */
export {
  createApiKeysStep,
  createApiKeysWorkflow,
  deleteApiKeysStep,
  deleteApiKeysWorkflow,
  revokeApiKeysStep,
  revokeApiKeysWorkflow,
  updateApiKeysStep,
  updateApiKeysWorkflow,
} from "./api-key/api-keys";
export type { CreateApiKeyInput, RevokeApiKeysInput } from "./api-key/api-keys";
export {
  linkSalesChannelsToApiKeyStep,
  linkSalesChannelsToApiKeyWorkflow,
  validatePublishableKeyStep,
  validateSalesChannelsExistStep,
} from "./api-key/link-sales-channels";
export { findActorIdentityStep } from "./auth/remove-actor";
export { createPasswordResetTokenStep, generateResetPasswordTokenWorkflow } from "./auth/reset-password";
export type { ResetPasswordInput } from "./auth/reset-password";
export { setAuthAppMetadataStep, setAuthAppMetadataWorkflow } from "./auth/set-app-metadata";
export type { SetAuthAppMetadataInput } from "./auth/set-app-metadata";
export {
  changeGroupMembersStep,
  createCustomerGroupsStep,
  createCustomerGroupsWorkflow,
  deleteCustomerGroupsStep,
  deleteCustomerGroupsWorkflow,
  linkCustomerGroupsToCustomerWorkflow,
  linkCustomersToCustomerGroupWorkflow,
  updateCustomerGroupsStep,
  updateCustomerGroupsWorkflow,
} from "./customer-group/customer-groups";
export type { CreateCustomerGroupInput, CustomerGroupRecord } from "./customer-group/customer-groups";
export {
  createCustomerAddressesStep,
  createCustomerAddressesWorkflow,
  deleteCustomerAddressesStep,
  deleteCustomerAddressesWorkflow,
  findCustomersOfAddressesStep,
  maybeUnsetDefaultBillingAddressesStep,
  maybeUnsetDefaultShippingAddressesStep,
  updateCustomerAddressesStep,
  updateCustomerAddressesWorkflow,
} from "./customer/addresses";
export type { CreateCustomerAddressInput, UnsetDefaultAddressesInput } from "./customer/addresses";
export {
  createCustomerAccountWorkflow,
  createCustomersStep,
  createCustomersWorkflow,
  deleteCustomersStep,
  deleteCustomersWorkflow,
  updateCustomersStep,
  updateCustomersWorkflow,
  validateCustomerAccountCreation,
} from "./customer/customers";
export type {
  CreateCustomerAccountInput,
  CreateCustomerInput,
  CreateCustomersWorkflowInput,
  CustomerAddressInput,
  UpdateCustomersWorkflowInput,
} from "./customer/customers";
export { removeCustomerAccountWorkflow } from "./customer/remove-account";
export {
  acceptInviteWorkflow,
  createInviteStep,
  createInvitesWorkflow,
  deleteInvitesStep,
  deleteInvitesWorkflow,
  refreshInviteTokensStep,
  refreshInviteTokensWorkflow,
  validateTokenStep,
} from "./invite/invites";
export type { AcceptInviteInput } from "./invite/invites";
export { sendNotificationsStep } from "./notification/send-notifications";
export {
  createPricePreferencesStep,
  createPricePreferencesWorkflow,
  deletePricePreferencesStep,
  deletePricePreferencesWorkflow,
  updatePricePreferencesStep,
  updatePricePreferencesWorkflow,
} from "./pricing/price-preferences";
export type { PricePreferenceInput } from "./pricing/price-preferences";
export { createPriceSetsStep, updatePriceSetsStep } from "./pricing/price-set-steps";
export { upsertPricePreferencesStep } from "./pricing/upsert-price-preferences";
export {
  createProductCategoriesStep,
  createProductCategoriesWorkflow,
  deleteProductCategoriesStep,
  deleteProductCategoriesWorkflow,
  updateProductCategoriesStep,
  updateProductCategoriesWorkflow,
} from "./product-category/product-categories";
export type { CreateProductCategoriesWorkflowInput, UpdateProductCategoriesWorkflowInput } from "./product-category/product-categories";
export { batchProductVariantsWorkflow, batchProductsWorkflow } from "./product/batch-products";
export type { BatchInput } from "./product/batch-products";
export {
  createCollectionsStep,
  createCollectionsWorkflow,
  deleteCollectionsStep,
  deleteCollectionsWorkflow,
  updateCollectionsStep,
  updateCollectionsWorkflow,
} from "./product/collections";
export { createProductVariantsStep, createProductVariantsWorkflow, createVariantsWithPricesStep } from "./product/create-product-variants";
export type { CreateProductVariantsWorkflowInput, CreatedProductVariant } from "./product/create-product-variants";
export {
  createProductsInChannelsStep,
  createProductsStep,
  createProductsWorkflow,
  validateProductInputStep,
} from "./product/create-products";
export type {
  CreateProductVariantWithPrices,
  CreateProductWithPrices,
  CreateProductsWorkflowInput,
  CreatedProduct,
} from "./product/create-products";
export { deleteProductsStep, deleteProductsWorkflow, findProductsToDeleteStep } from "./product/delete-products";
export type { DeleteProductsWorkflowInput } from "./product/delete-products";
export {
  batchLinkProductsToCategoryStep,
  batchLinkProductsToCategoryWorkflow,
  batchLinkProductsToCollectionStep,
  batchLinkProductsToCollectionWorkflow,
} from "./product/link-products";
export {
  createAndLinkProductOptionsToProductWorkflow,
  createProductOptionsStep,
  createProductOptionsWorkflow,
  deleteProductOptionValuesStep,
  deleteProductOptionValuesWorkflow,
  deleteProductOptionsStep,
  deleteProductOptionsWorkflow,
  linkProductOptionsStep,
  updateProductOptionValuesStep,
  updateProductOptionValuesWorkflow,
  updateProductOptionsStep,
  updateProductOptionsWorkflow,
} from "./product/product-options";
export type { LinkProductOptionsInput } from "./product/product-options";
export {
  createProductTagsStep,
  createProductTagsWorkflow,
  deleteProductTagsStep,
  deleteProductTagsWorkflow,
  updateProductTagsStep,
  updateProductTagsWorkflow,
} from "./product/product-tags";
export {
  createProductTypesStep,
  createProductTypesWorkflow,
  deleteProductTypesStep,
  deleteProductTypesWorkflow,
  updateProductTypesStep,
  updateProductTypesWorkflow,
} from "./product/product-types";
export {
  deleteProductVariantsStep,
  deleteProductVariantsWorkflow,
  updateProductVariantsStep,
  updateProductVariantsWorkflow,
} from "./product/product-variants";
export type { UpdateProductVariantsWorkflowInput } from "./product/product-variants";
export { findReplacedSalesChannelsStep, keepVariantsStep, updateProductsStep, updateProductsWorkflow } from "./product/update-products";
export type { UpdateProductWithPrices, UpdateProductsWorkflowInput } from "./product/update-products";
export { findVariantPriceSetsStep, upsertVariantPricesWorkflow } from "./product/upsert-variant-prices";
export type { UpsertVariantPricesWorkflowInput } from "./product/upsert-variant-prices";
export { createVariantPricingLinkStep } from "./product/variant-pricing-link";
export type { VariantPricingLink } from "./product/variant-pricing-link";
export {
  createRegionsStep,
  createRegionsWorkflow,
  deleteRegionsStep,
  deleteRegionsWorkflow,
  updateRegionsStep,
  updateRegionsWorkflow,
} from "./region/regions";
export type { CreateRegionInput, CreateRegionWithPreferences } from "./region/regions";
export {
  associateProductsWithSalesChannelsStep,
  detachProductsFromSalesChannelsStep,
  linkProductsToSalesChannelWorkflow,
} from "./sales-channel/link-products";
export type { LinkWorkflowInput, ProductSalesChannelLink } from "./sales-channel/link-products";
export {
  createSalesChannelsStep,
  createSalesChannelsWorkflow,
  deleteSalesChannelsStep,
  deleteSalesChannelsWorkflow,
  updateSalesChannelsStep,
  updateSalesChannelsWorkflow,
} from "./sales-channel/sales-channels";
export type { CreateSalesChannelInput } from "./sales-channel/sales-channels";
export {
  createStoresStep,
  createStoresWorkflow,
  deleteStoresStep,
  deleteStoresWorkflow,
  updateStoresStep,
  updateStoresWorkflow,
} from "./store/stores";
export type { CreateStoreInput, StoreCurrencyInput, UpdateStoreInput } from "./store/stores";
export { removeUserAccountWorkflow } from "./user/remove-account";
export {
  createUserAccountWorkflow,
  createUsersStep,
  createUsersWorkflow,
  deleteUsersStep,
  deleteUsersWorkflow,
  updateUsersStep,
  updateUsersWorkflow,
} from "./user/users";
export type { CreateUserInput } from "./user/users";
