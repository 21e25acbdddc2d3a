/** `@medusajs/medusa/api/admin/products/validators` */
export * from "@velella/commerce/api/admin/products/validators";
