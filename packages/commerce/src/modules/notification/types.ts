import type { InferRecordOf } from "@velella/data";
import type { Notification } from "./models";

/** A message to send. */
export interface CreateNotificationInput {
  /** Address, number or id, as the channel understands it. */
  to: string;
  from?: string | null;
  /** Decides which provider sends it: `email`, `sms`, `feed` … */
  channel: string;
  /** Name of the template at the provider. */
  template?: string | null;
  data?: Record<string, unknown> | null;
  /** The text itself, for providers without templates. */
  content?: { subject?: string; text?: string; html?: string } | null;
  attachments?: { content: string; filename: string; content_type?: string; disposition?: string; id?: string }[] | null;
  /** Options for the provider. */
  provider_data?: Record<string, unknown> | null;
  /** What caused it, such as an event. */
  trigger_type?: string | null;
  resource_id?: string | null;
  resource_type?: string | null;
  receiver_id?: string | null;
  original_notification_id?: string | null;
  /** A second message with the same key is not sent. */
  idempotency_key?: string | null;
}

/** A message as it is kept. */
export interface NotificationRecord extends InferRecordOf<typeof Notification> {}
