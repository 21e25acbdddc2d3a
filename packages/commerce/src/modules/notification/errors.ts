import { defineErrors } from "@velella/kernel";

/** What can go wrong with notifications. */
export const notificationErrors = defineErrors("notification", {
  noProvider: {
    type: "invalid_data",
    message: (channel: string, id: string) => `Could not find a notification provider for channel: ${channel} for notification id ${id}`,
    hint: (channel) => `Add a provider with "channels: ["${channel}"]" to "providers" in the options of the notification module.`,
  },
  channelTaken: {
    type: "invalid_argument",
    message: (channel: string, first: string, second: string) =>
      `The notification providers "${first}" and "${second}" both have the channel "${channel}".`,
    hint: () => "A channel has one provider: remove it from the channels of the other.",
  },
  sendFailed: {
    type: "unexpected_state",
    message: (id: string, provider: string, reason: string) =>
      `Failed to send notification with id ${id}:\n${reason} (provider "${provider}")`,
  },
  sendNotImplemented: {
    type: "unexpected_state",
    message: (name: string) => `The notification provider ${name} has no method send().`,
    hint: (name) => `Implement send(notification) in ${name}.`,
  },
});
