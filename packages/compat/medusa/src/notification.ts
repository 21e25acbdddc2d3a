/** `@medusajs/medusa/notification` */
export { default } from "@velella/commerce/modules/notification";
