import type { SectionPolicy } from "@velella/framework/http";

/** What holds below `/store`, `/admin` and `/auth`, for the commerce API and for an app's own routes there. */
export const commerceSections: readonly SectionPolicy[] = [
  { prefix: "/store", cors: "storeCors", publishableKey: true, restrictedFields: ["order", "orders"] },
  {
    prefix: "/store/customers/me",
    authenticate: { actorType: "customer", authType: ["session", "bearer"] },
  },
  {
    prefix: "/admin",
    cors: "adminCors",
    authenticate: { actorType: "user", authType: ["bearer", "session", "api-key"] },
  },
  { prefix: "/auth", cors: "authCors" },
];
