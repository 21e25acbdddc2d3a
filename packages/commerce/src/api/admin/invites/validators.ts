import { createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, metadata, oneOrMany } from "../../validation/filters";

export const AdminCreateInvite = z.object({ email: z.string(), metadata }).strict();
export const AdminInviteAccept = z
  .object({ email: z.string().nullish(), first_name: z.string().nullish(), last_name: z.string().nullish() })
  .strict();

export const AdminGetInviteParams = createSelectParams();
export const AdminGetInviteAcceptParams = createSelectParams().extend({ token: z.string() });
export const AdminGetInvitesParams = listParams(
  { limit: 50 },
  { q: z.string().optional(), id: oneOrMany(z.string()).optional(), email: oneOrMany(z.string()).optional(), ...dateFilters() },
);
