import { model } from "@velella/data";

/** A message to someone, and what became of it. */
export const Notification = model.define(
  { name: "Notification", tableName: "notification" },
  {
    id: model.id({ prefix: "noti" }).primaryKey(),
    to: model.text().searchable(),
    from: model.text().searchable().nullable(),
    channel: model.text(),
    template: model.text().nullable(),
    data: model.json().nullable(),
    provider_data: model.json().nullable(),
    trigger_type: model.text().nullable(),
    resource_id: model.text().searchable().nullable(),
    resource_type: model.text().nullable(),
    receiver_id: model.text().index("IDX_notification_receiver_id").nullable(),
    original_notification_id: model.text().nullable(),
    idempotency_key: model.text().unique("IDX_notification_idempotency_key_unique").nullable(),
    external_id: model.text().nullable(),
    status: model.enum(["pending", "success", "failure"]).default("pending"),
    provider: model.belongsTo((): typeof NotificationProvider => NotificationProvider, { mappedBy: "notifications" }).nullable(),
  },
);

/** Who delivers messages of some channels; `id` is the one in the config. */
export const NotificationProvider = model.define(
  { name: "NotificationProvider", tableName: "notification_provider" },
  {
    id: model.id({ prefix: "notpro" }).primaryKey(),
    handle: model.text(),
    name: model.text(),
    is_enabled: model.boolean().default(true),
    channels: model.array().default([]),
    notifications: model.hasMany((): typeof Notification => Notification, { mappedBy: "provider" }),
  },
);
