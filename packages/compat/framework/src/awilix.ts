/** `@medusajs/framework/awilix` */
export * from "awilix";
