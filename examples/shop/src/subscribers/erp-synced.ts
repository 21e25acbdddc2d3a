import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework";
import { Modules } from "@medusajs/framework/utils";

/** Tells the team what came from the ERP. */
export default async function erpSynced({ event, container }: SubscriberArgs<{ numbers: string[]; created: number; updated: number }>) {
  await container.resolve(Modules.NOTIFICATION).createNotifications({
    to: "team",
    channel: "feed",
    template: "erp-synced",
    data: event.data,
    // An event may come twice; the feed says it once.
    idempotency_key: `erp-synced:${event.id}`,
  });
}

export const config: SubscriberConfig = { event: "erp.synced" };
