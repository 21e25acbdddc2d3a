/** `@medusajs/medusa/pricing` */
export { default } from "@velella/commerce/modules/pricing";
