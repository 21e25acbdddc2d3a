/** `@medusajs/medusa/currency` */
export { default } from "@velella/commerce/modules/currency";
