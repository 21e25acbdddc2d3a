/** `@medusajs/framework/mikro-orm/knex`: the type that apps give their shared context. */
export type { SqlManager as EntityManager } from "@velella/kernel";
