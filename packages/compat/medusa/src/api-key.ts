/** `@medusajs/medusa/api-key` */
export { default } from "@velella/commerce/modules/api-key";
