/** `@medusajs/medusa/caching` */
export { cachingModule as default } from "@velella/framework";
