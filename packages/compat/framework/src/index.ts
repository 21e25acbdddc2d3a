/** `@medusajs/framework`: the most used names of its parts. */
export * from "./http";
export type { ConfigModule, ExecArgs, LoaderOptions, Logger, MedusaContainer, SubscriberArgs, SubscriberConfig } from "./types";
