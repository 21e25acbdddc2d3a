/** `@medusajs/medusa/locking` */
export { lockingModule as default } from "@velella/framework";
