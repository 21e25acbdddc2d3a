import { createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { listParams, oneOrMany } from "../../validation/filters";

export const AdminGetNotificationParams = createSelectParams();
export const AdminGetNotificationsParams = listParams(
  { limit: 50, order: "-created_at" },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    channel: oneOrMany(z.string()).optional(),
    to: oneOrMany(z.string()).optional(),
  },
);
