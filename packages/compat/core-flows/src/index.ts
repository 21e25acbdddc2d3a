/** `@medusajs/core-flows`: the same as `@medusajs/medusa/core-flows`. */
export * from "@velella/compat-medusa/core-flows";
