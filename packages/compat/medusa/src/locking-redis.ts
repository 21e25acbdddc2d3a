/** `@medusajs/medusa/locking-redis` */
export { redisLockProvider as default } from "@velella/framework";
