/** `@medusajs/framework`: the most used names of its parts. */
export * from "./http";
export type { SubscriberArgs, SubscriberConfig, ConfigModule, ExecArgs, LoaderOptions, Logger, MedusaContainer } from "./types";
