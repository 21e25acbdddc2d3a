/** `@medusajs/types`: the same as `@medusajs/framework/types`. */
export * from "@velella/compat-framework/types";
