/** `@medusajs/utils`: the same as `@medusajs/framework/utils`. */
export * from "@velella/compat-framework/utils";
