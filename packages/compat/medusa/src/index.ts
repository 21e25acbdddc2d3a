/** `@medusajs/medusa`: names that older apps import from the root. */
export { authenticate, defineMiddlewares } from "@velella/framework/http";
export type { SubscriberArgs, SubscriberConfig } from "@velella/framework";
