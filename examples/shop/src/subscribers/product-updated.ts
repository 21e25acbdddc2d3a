import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework";
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils";

/** Mails the shop's team when a product was changed. */
export default async function productUpdated({ event, container }: SubscriberArgs<{ id: string }>) {
  const query = container.resolve(ContainerRegistrationKeys.QUERY);
  const { data } = await query.graph({ entity: "product", fields: ["id", "title"], filters: { id: event.data.id } });
  await container.resolve(Modules.NOTIFICATION).createNotifications({
    to: "team@shop.test",
    channel: "email",
    template: "product-updated",
    data: { product_id: event.data.id, title: data[0]?.title },
    resource_id: event.data.id,
    resource_type: "product",
  });
}

export const config: SubscriberConfig = { event: "product.updated" };
