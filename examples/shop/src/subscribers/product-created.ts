import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework";
import { Modules } from "@medusajs/framework/utils";

/** Puts new products into the feed that the team sees. */
export default async function productCreated({ event, container }: SubscriberArgs<{ id: string }>) {
  await container.resolve(Modules.NOTIFICATION).createNotifications({
    to: "team",
    channel: "feed",
    template: "product-created",
    resource_id: event.data.id,
    resource_type: "product",
    // An event may come twice; the feed says it once.
    idempotency_key: `product-created:${event.data.id}`,
  });
}

export const config: SubscriberConfig = { event: "product.created" };
