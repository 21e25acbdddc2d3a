/** `@medusajs/framework/workflows-sdk` */
export * from "@velella/workflows";
