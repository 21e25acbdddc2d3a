import { model } from "@velella/data";

/** Someone who buys; with `has_account` they can log in. */
export const Customer = model
  .define("Customer", {
    id: model.id({ prefix: "cus" }).primaryKey(),
    company_name: model.text().searchable().nullable(),
    first_name: model.text().searchable().nullable(),
    last_name: model.text().searchable().nullable(),
    email: model.text().searchable().nullable(),
    phone: model.text().searchable().nullable(),
    has_account: model.boolean().default(false),
    metadata: model.json().nullable(),
    created_by: model.text().nullable(),
    groups: model.manyToMany((): typeof CustomerGroup => CustomerGroup, {
      mappedBy: "customers",
      pivotEntity: () => CustomerGroupCustomer,
    }),
    addresses: model.hasMany((): typeof CustomerAddress => CustomerAddress, { mappedBy: "customer" }),
  })
  .cascades({ delete: ["addresses"], detach: ["groups"] })
  .indexes([{ name: "IDX_customer_email_has_account_unique", on: ["email", "has_account"], unique: true }]);

/** An address of a customer; at most one is the default for shipping, and one for billing. */
export const CustomerAddress = model
  .define("CustomerAddress", {
    id: model.id({ prefix: "cuaddr" }).primaryKey(),
    address_name: model.text().searchable().nullable(),
    is_default_shipping: model.boolean().default(false),
    is_default_billing: model.boolean().default(false),
    company: model.text().searchable().nullable(),
    first_name: model.text().searchable().nullable(),
    last_name: model.text().searchable().nullable(),
    address_1: model.text().searchable().nullable(),
    address_2: model.text().searchable().nullable(),
    city: model.text().searchable().nullable(),
    country_code: model.text().nullable(),
    province: model.text().searchable().nullable(),
    postal_code: model.text().searchable().nullable(),
    phone: model.text().nullable(),
    metadata: model.json().nullable(),
    customer: model.belongsTo((): typeof Customer => Customer, { mappedBy: "addresses" }),
  })
  .indexes([
    {
      name: "IDX_customer_address_unique_customer_billing",
      on: ["customer_id"],
      unique: true,
      where: '"is_default_billing" = true',
    },
    {
      name: "IDX_customer_address_unique_customer_shipping",
      on: ["customer_id"],
      unique: true,
      where: '"is_default_shipping" = true',
    },
  ]);

/** Customers that are treated alike, in prices for example. */
export const CustomerGroup = model
  .define("CustomerGroup", {
    id: model.id({ prefix: "cusgroup" }).primaryKey(),
    name: model.text().searchable().translatable(),
    metadata: model.json().nullable(),
    created_by: model.text().nullable(),
    customers: model.manyToMany((): typeof Customer => Customer, { mappedBy: "groups", pivotEntity: () => CustomerGroupCustomer }),
  })
  .cascades({ detach: ["customers"] })
  .indexes([{ name: "IDX_customer_group_name_unique", on: ["name"], unique: true }]);

/** That a customer is in a group. */
export const CustomerGroupCustomer = model.define("CustomerGroupCustomer", {
  id: model.id({ prefix: "cusgc" }).primaryKey(),
  created_by: model.text().nullable(),
  metadata: model.json().nullable(),
  customer: model.belongsTo((): typeof Customer => Customer),
  customer_group: model.belongsTo((): typeof CustomerGroup => CustomerGroup),
});
