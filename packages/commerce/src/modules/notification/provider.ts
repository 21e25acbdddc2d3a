import { notificationErrors } from "./errors";

/** A message for a provider to send. */
export interface ProviderSendNotification {
  id?: string;
  to: string;
  from?: string | null;
  channel: string;
  template: string;
  data?: Record<string, unknown> | null;
  content?: { subject?: string; text?: string; html?: string } | null;
  attachments?: { content: string; filename: string; content_type?: string; disposition?: string; id?: string }[] | null;
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

  getIdentifier(): string {
    return (this.constructor as typeof AbstractNotificationProviderService).identifier;
  }

  send(_notification: ProviderSendNotification): Promise<ProviderSendNotificationResult> {
    return Promise.reject(notificationErrors.sendNotImplemented(this.constructor.name));
  }
}
