import { createFindParams, createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, metadata, oneOrMany } from "../../validation/filters";

export const AdminUpdateUser = z.object({
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  avatar_url: z.string().nullish(),
  metadata,
});

export const AdminGetUserParams = createSelectParams();
export const AdminGetUsersParams = createFindParams({ limit: 50 }).extend({
  q: z.string().optional(),
  id: oneOrMany(z.string()).optional(),
  ...dateFilters(),
  email: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
});
