/** `@medusajs/framework/mikro-orm/migrations` */
export { Migration } from "@velella/data";
