import { notificationErrors } from "./errors";

/** A message for a provider to send. */
export interface ProviderSendNotification {
  /** Id of the notification as it is kept; the same when it is sent again. */
  id?: string;
  /** Address, number or id, as the channel understands it. */
  to: string;
  /** Undefined or null for the sender that the provider's options name. */
  from?: string | null;
  /** One of those that the provider's options list. */
  channel: string;
  /** Name of the template at the provider. */
  template: string;
  /** Values for the template. */
  data?: Record<string, unknown> | null;
  /** The text itself, for providers without templates. */
  content?: { subject?: string; text?: string; html?: string } | null;
  attachments?: { content: string; filename: string; content_type?: string; disposition?: string; id?: string }[] | null;
  /** Options for this provider. */
  provider_data?: Record<string, unknown> | null;
}

/** The provider's own id of the message, when it has one. */
export interface ProviderSendNotificationResult {
  id?: string;
}

/** Base class of notification providers: `send` delivers, or throws. */
export class AbstractNotificationProviderService {
  static identifier: string;

  /** Refuses options by throwing. */
  static validateOptions(_options: Record<string, unknown>): void {}

  /** `static identifier` of the class. */
  getIdentifier(): string {
    return (this.constructor as typeof AbstractNotificationProviderService).identifier;
  }

  /** Delivers a message; has to be overridden. What it throws marks the message as failed. */
  send(_notification: ProviderSendNotification): Promise<ProviderSendNotificationResult> {
    return Promise.reject(notificationErrors.sendNotImplemented(this.constructor.name));
  }
}
