import type { InferRecordOf } from "@velella/data";
import type { Notification } from "./models";

/** A message to send. */
export interface CreateNotificationInput {
  /** Address, number or id, as the channel understands it. */
  to: string;
  /** The provider's own sender by default. */
  from?: string | null;
  /** Decides which provider sends it: `email`, `sms`, `feed` … */
  channel: string;
  /** Name of the template at the provider. */
  template?: string | null;
  /** Values for the template. */
  data?: Record<string, unknown> | null;
  /** The text itself, for providers without templates. */
  content?: { subject?: string; text?: string; html?: string } | null;
  /** Handed to the provider; not kept. */
  attachments?: { content: string; filename: string; content_type?: string; disposition?: string; id?: string }[] | null;
  /** Options for the provider. */
  provider_data?: Record<string, unknown> | null;
  /** What caused it, such as an event. */
  trigger_type?: string | null;
  /** The record that it is about, such as an order. */
  resource_id?: string | null;
  /** What kind of record that is. */
  resource_type?: string | null;
  /** Id of the customer or user that it goes to. */
  receiver_id?: string | null;
  /** Of a message that is sent again, the first one. */
  original_notification_id?: string | null;
  /** A second message with the same key is not sent. */
  idempotency_key?: string | null;
}

/** A message as it is kept. */
export interface NotificationRecord extends InferRecordOf<typeof Notification> {}
