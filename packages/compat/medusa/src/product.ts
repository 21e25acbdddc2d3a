/** `@medusajs/medusa/product` */
export { default } from "@velella/commerce/modules/product";
