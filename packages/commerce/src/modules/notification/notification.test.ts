import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestModule } from "../../testing/test-module";
import type { TestModule } from "../../testing/test-module";
import { AbstractNotificationProviderService } from "./provider";
import type { ProviderSendNotification } from "./provider";
import { NotificationModuleService } from "./service";

class Outbox extends AbstractNotificationProviderService {
  readonly sent: ProviderSendNotification[] = [];

  override async send(notification: ProviderSendNotification) {
    if (notification.to === "nobody") throw new TypeError("no such mailbox");
    this.sent.push(notification);
    return { id: `ext_${this.sent.length}` };
  }
}

const outbox = new Outbox();
const provider = (id: string, channels: string[]) => ({
  id,
  identifier: "outbox",
  isDefault: false,
  options: { name: "Outbox", channels },
  service: outbox,
});
let module: TestModule<NotificationModuleService>;

beforeAll(async () => {
  module = await createTestModule("notification", NotificationModuleService, { notificationProviders: [provider("mail", ["email"])] });
});
afterAll(() => module.close());

test("a message goes out through the provider of its channel, and is kept with its outcome", async () => {
  const message = { to: "a@test.dev", channel: "email", template: "hello", data: { name: "A" }, content: { subject: "Hi" } };
  const sent = await module.service.createNotifications(message);
  expect(sent).toMatchObject({ status: "success", provider_id: "mail", external_id: "ext_1", to: "a@test.dev", template: "hello" });
  expect(outbox.sent.at(-1)).toMatchObject({ id: sent.id, content: { subject: "Hi" } });
});

test("a channel without a provider is an error, and the message is kept as failed", async () => {
  await expect(module.service.createNotifications({ to: "1", channel: "sms", template: "x" })).rejects.toMatchObject({
    message: expect.stringMatching(/^Could not find a notification provider for channel: sms for notification id noti_/),
  });
  expect(await module.service.listNotifications({ channel: "sms" })).toMatchObject([{ status: "failure", provider_id: null }]);
});

test("what a provider cannot send is kept as failed, and may be tried again under the same key", async () => {
  const message = { to: "nobody", channel: "email", template: "x", idempotency_key: "k1" };
  await expect(module.service.createNotifications(message)).rejects.toThrow("no such mailbox");
  await expect(module.service.createNotifications(message)).rejects.toThrow("no such mailbox");
  expect(await module.service.listNotifications({ idempotency_key: "k1" })).toMatchObject([{ status: "failure" }]);
});

test("a message with a key is sent once", async () => {
  const message = { to: "b@test.dev", channel: "email", template: "x", idempotency_key: "k2" };
  const first = await module.service.createNotifications(message);
  const before = outbox.sent.length;
  expect((await module.service.createNotifications(message)).id).toBe(first.id);
  expect(outbox.sent).toHaveLength(before);
});

test("a channel belongs to one provider", () => {
  const cradle = { baseRepository: {}, notificationProviders: [provider("a", ["email"]), provider("b", ["email"])] };
  expect(() => new NotificationModuleService(cradle as never)).toThrow(
    'The notification providers "a" and "b" both have the channel "email".',
  );
});
