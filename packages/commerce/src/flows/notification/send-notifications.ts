import { createStep, StepResponse } from "@velella/workflows";
import type { CreateNotificationInput, NotificationRecord } from "../../modules/notification/types";

/**
 * Sends messages through the providers of their channels. A message that is out cannot be called back, so nothing is
 * undone; each has the step's idempotency key, so that a step that runs again sends none twice.
 */
export const sendNotificationsStep = createStep(
  "send-notifications",
  async (data: CreateNotificationInput[], { container, idempotencyKey }) => {
    const keyed = data.map((notification, index) => ({ idempotency_key: `${idempotencyKey}:${index}`, ...notification }));
    const sent: NotificationRecord[] = await container.resolve("notification").createNotifications(keyed);
    return new StepResponse(sent);
  },
);
