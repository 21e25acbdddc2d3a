/** `@medusajs/medusa/cache-redis` */
export { redisCacheModule as default } from "@velella/framework";
