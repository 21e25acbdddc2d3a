import { createFindParams, createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { metadata, oneOrMany } from "../../validation/filters";

export { CreateCustomerAddress as StoreCreateCustomerAddress } from "../../admin/customers/validators";

export const StoreUpdateCustomer = z.object({
  company_name: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  phone: z.string().nullish(),
  metadata,
});
export const StoreCreateCustomer = StoreUpdateCustomer.extend({ email: z.string().nullish() });

export const StoreGetCustomerParams = createSelectParams();
export const StoreGetCustomerAddressParams = createSelectParams();
export const StoreGetCustomerAddressesParams = createFindParams({ limit: 50 }).extend({
  q: z.string().optional(),
  city: oneOrMany(z.string()).optional(),
  country_code: oneOrMany(z.string()).optional(),
  postal_code: oneOrMany(z.string()).optional(),
});
