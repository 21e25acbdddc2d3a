import { modelServices, specOf } from "@velella/data";
import type { BaseRepository, ModelService } from "@velella/data";
import type { LoadedProvider } from "@velella/framework";
import type { SharedContext } from "@velella/kernel";
import { CommerceService } from "../commerce-service";
import { notificationErrors } from "./errors";
import { Notification, NotificationProvider } from "./models";
import type { AbstractNotificationProviderService, ProviderSendNotification } from "./provider";
import type { CreateNotificationInput, NotificationRecord } from "./types";

type Provider = LoadedProvider<AbstractNotificationProviderService>;

/** What the service takes from the container of its module. */
export interface NotificationCradle {
  baseRepository: BaseRepository;
  /** Registered by the loader of the module. */
  notificationProviders?: Provider[];
}

/** Messages, sent by the provider of their channel and kept with what became of them. */
export class NotificationModuleService extends CommerceService<"createNotifications">()({ Notification, NotificationProvider }) {
  private readonly notifications: ModelService;
  private readonly kept: ModelService;
  private readonly providers: Provider[];
  private readonly byChannel: Map<string, Provider>;
  private registered: Promise<void> | undefined;

  constructor(cradle: NotificationCradle, options: object = {}) {
    super(cradle, options);
    const services = modelServices([specOf(Notification), specOf(NotificationProvider)], cradle.baseRepository);
    this.notifications = services.notificationService!;
    this.kept = services.notificationProviderService!;
    this.providers = cradle.notificationProviders ?? [];
    this.byChannel = channelsOf(this.providers);
  }

  /**
   * Sends messages. Each is kept before it is sent, outside of the caller's transaction: that it went out cannot be undone.
   *
   * @throws invalid_data when no provider has the channel; what the provider threw when it could not send.
   */
  createNotifications(data: CreateNotificationInput[], sharedContext?: SharedContext): Promise<NotificationRecord[]>;
  createNotifications(data: CreateNotificationInput, sharedContext?: SharedContext): Promise<NotificationRecord>;
  async createNotifications(
    data: CreateNotificationInput | CreateNotificationInput[],
    _sharedContext?: SharedContext,
  ): Promise<NotificationRecord | NotificationRecord[]> {
    await (this.registered ??= this.register());
    const results: NotificationRecord[] = [];
    for (const input of [data].flat()) results.push(await this.send(input));
    return (Array.isArray(data) ? results : results[0]) as never;
  }

  private async send(input: CreateNotificationInput): Promise<NotificationRecord> {
    const former = await this.sameKey(input.idempotency_key);
    if (former?.status === "success") return former;
    const provider = this.byChannel.get(input.channel);
    const { content: _content, attachments: _attachments, ...row } = input;
    const kept =
      former ?? ((await this.notifications.create({ ...row, provider_id: provider?.id ?? null })) as unknown as NotificationRecord);
    if (!provider) {
      await this.settle(kept.id, { status: "failure" });
      throw notificationErrors.noProvider(input.channel, kept.id);
    }
    try {
      const { id: external_id = null } = (await provider.service.send({ ...(input as ProviderSendNotification), id: kept.id })) ?? {};
      return await this.settle(kept.id, { status: "success", external_id });
    } catch (error) {
      await this.settle(kept.id, { status: "failure" });
      const failure = notificationErrors.sendFailed(kept.id, provider.id, error instanceof Error ? error.message : String(error));
      failure.cause = error;
      throw failure;
    }
  }

  private async sameKey(idempotency_key: string | null | undefined): Promise<NotificationRecord | undefined> {
    if (!idempotency_key) return undefined;
    return (await this.notifications.list({ idempotency_key }, { take: 1 }))[0] as unknown as NotificationRecord | undefined;
  }

  private async settle(id: string, outcome: { status: string; external_id?: string | null }): Promise<NotificationRecord> {
    return (await this.notifications.update({ id, ...outcome })) as unknown as NotificationRecord;
  }

  /** Keeps a row for each provider of the config, since notifications refer to them. */
  private async register(): Promise<void> {
    if (!this.providers.length) return;
    await this.kept.upsert(
      this.providers.map(({ id, identifier, options }) => ({
        id,
        handle: id,
        name: (options.name as string | undefined) ?? identifier,
        is_enabled: true,
        channels: (options.channels as string[] | undefined) ?? [],
      })),
    );
  }
}

function channelsOf(providers: readonly Provider[]): Map<string, Provider> {
  const byChannel = new Map<string, Provider>();
  for (const provider of providers) {
    for (const channel of (provider.options.channels as string[] | undefined) ?? []) {
      const other = byChannel.get(channel);
      if (other) throw notificationErrors.channelTaken(channel, other.id, provider.id);
      byChannel.set(channel, provider);
    }
  }
  return byChannel;
}
