/** `@medusajs/medusa/region` */
export { default } from "@velella/commerce/modules/region";
