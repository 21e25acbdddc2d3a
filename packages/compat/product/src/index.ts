/** `@medusajs/product`: the same as `@medusajs/medusa/product`. */
export { default } from "@velella/compat-medusa/product";
