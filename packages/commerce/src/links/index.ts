/** Defines the links between the commerce modules, for every app of the process. */
export { default as productSalesChannelLink } from "./product-sales-channel";
export { default as productVariantPriceSetLink } from "./product-variant-price-set";
export { default as publishableApiKeySalesChannelLink } from "./publishable-api-key-sales-channel";
import "./store-currency";
