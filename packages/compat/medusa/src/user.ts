/** `@medusajs/medusa/user` */
export { default } from "@velella/commerce/modules/user";
