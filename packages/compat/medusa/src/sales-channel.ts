/** `@medusajs/medusa/sales-channel` */
export { default } from "@velella/commerce/modules/sales-channel";
