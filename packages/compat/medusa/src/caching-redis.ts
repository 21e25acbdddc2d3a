/** `@medusajs/medusa/caching-redis` */
export { redisCachingProvider as default } from "@velella/framework";
