/** `@medusajs/medusa/cache-inmemory` */
export { cacheModule as default } from "@velella/framework";
