/** `@medusajs/workflows-sdk`: the same as `@medusajs/framework/workflows-sdk`. */
export * from "@velella/compat-framework/workflows-sdk";
