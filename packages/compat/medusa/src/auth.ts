/** `@medusajs/medusa/auth` */
export { default } from "@velella/commerce/modules/auth";
