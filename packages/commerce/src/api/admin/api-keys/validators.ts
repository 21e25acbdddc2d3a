import { createOperatorMap, createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, oneOrMany } from "../../validation/filters";

const type = z.enum(["publishable", "secret"]);

export const AdminCreateApiKey = z.object({ title: z.string(), type });
export const AdminUpdateApiKey = z.object({ title: z.string() });
/** `revoke_in`: seconds until the key stops working; at once when absent. */
export const AdminRevokeApiKey = z.object({ revoke_in: z.number().optional() });

export const AdminGetApiKeyParams = createSelectParams();
export const AdminGetApiKeysParams = listParams(
  {},
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    title: oneOrMany(z.string()).optional(),
    token: oneOrMany(z.string()).optional(),
    type: type.optional(),
    ...dateFilters(),
    revoked_at: createOperatorMap().optional(),
  },
);
