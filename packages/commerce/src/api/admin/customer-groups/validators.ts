import { createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, metadata, oneOrMany } from "../../validation/filters";

export const AdminCreateCustomerGroup = z.object({ name: z.string(), metadata });
export const AdminUpdateCustomerGroup = AdminCreateCustomerGroup.partial();

const customerFilters = z.object({
  id: oneOrMany(z.string()).optional(),
  email: oneOrMany(z.string()).optional(),
  company_name: oneOrMany(z.string()).optional(),
  first_name: oneOrMany(z.string()).optional(),
  last_name: oneOrMany(z.string()).optional(),
  created_by: oneOrMany(z.string()).optional(),
  ...dateFilters(),
});

export const AdminGetCustomerGroupParams = createSelectParams();
export const AdminGetCustomerGroupsParams = listParams(
  { limit: 50 },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    name: oneOrMany(z.string()).optional(),
    customers: z.union([z.string(), z.array(z.string()), customerFilters]).optional(),
    created_by: oneOrMany(z.string()).optional(),
    ...dateFilters(),
  },
);
