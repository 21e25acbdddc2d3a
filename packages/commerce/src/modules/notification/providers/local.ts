import type { Logger } from "@velella/kernel";
import { AbstractNotificationProviderService } from "../provider";
import type { ProviderSendNotification, ProviderSendNotificationResult } from "../provider";

/** Writes messages to the log: for development, and for the feed of the dashboard. */
export class LocalNotificationService extends AbstractNotificationProviderService {
  static override identifier = "notification-local";
  private readonly logger: Logger;

  constructor({ logger }: { logger: Logger }) {
    super();
    this.logger = logger;
  }

  override async send({ to, channel, template, data }: ProviderSendNotification): Promise<ProviderSendNotificationResult> {
    this.logger.info(`Notification to "${to}" on ${channel} with the template "${template}": ${JSON.stringify(data ?? {})}`);
    return {};
  }
}
