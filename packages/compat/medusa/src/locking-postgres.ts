/** `@medusajs/medusa/locking-postgres` */
export { postgresLockProvider as default } from "@velella/framework";
