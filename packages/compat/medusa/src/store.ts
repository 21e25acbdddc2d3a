/** `@medusajs/medusa/store` */
export { default } from "@velella/commerce/modules/store";
