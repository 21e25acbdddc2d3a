import { booleanFromQuery, createFindParams, createOperatorMap, createSelectParams, withAdditionalData } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, metadata, oneOrMany } from "../../validation/filters";

const CreateCustomer = z.object({
  email: z.string().nullish(),
  company_name: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  phone: z.string().nullish(),
  metadata,
});
export const AdminCreateCustomer = withAdditionalData(CreateCustomer);
export const AdminUpdateCustomer = withAdditionalData(CreateCustomer);

/** An address as given; the store takes the same. */
export const CreateCustomerAddress = z.object({
  address_name: z.string().nullish(),
  is_default_shipping: z.boolean().optional(),
  is_default_billing: z.boolean().optional(),
  company: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  address_1: z.string().nullish(),
  address_2: z.string().nullish(),
  city: z.string().nullish(),
  country_code: z.string().nullish(),
  province: z.string().nullish(),
  postal_code: z.string().nullish(),
  phone: z.string().nullish(),
  metadata,
});
export const AdminCreateCustomerAddress = withAdditionalData(CreateCustomerAddress);

const groupFilters = z.object({ id: oneOrMany(z.string()).optional(), name: oneOrMany(z.string()).optional(), ...dateFilters() });

export const AdminCustomerParams = createSelectParams();
export const AdminCustomersParams = listParams(
  { limit: 50 },
  {
    q: z.string().optional(),
    id: z.union([z.string(), z.array(z.string()), createOperatorMap()]).optional(),
    email: oneOrMany(z.string()).optional(),
    groups: z.union([groupFilters, z.string(), z.array(z.string())]).optional(),
    company_name: oneOrMany(z.string()).optional(),
    first_name: oneOrMany(z.string()).optional(),
    last_name: oneOrMany(z.string()).optional(),
    has_account: booleanFromQuery().optional(),
    created_by: oneOrMany(z.string()).optional(),
    ...dateFilters(),
  },
);

export const AdminCustomerAddressParams = createSelectParams();
export const AdminCustomerAddressesParams = createFindParams({ limit: 50 }).extend({
  q: z.string().optional(),
  company: oneOrMany(z.string()).optional(),
  city: oneOrMany(z.string()).optional(),
  country_code: oneOrMany(z.string()).optional(),
  province: oneOrMany(z.string()).optional(),
  postal_code: oneOrMany(z.string()).optional(),
});
