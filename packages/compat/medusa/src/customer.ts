/** `@medusajs/medusa/customer` */
export { default } from "@velella/commerce/modules/customer";
