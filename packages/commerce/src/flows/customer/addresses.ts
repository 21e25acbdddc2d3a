import { createHook, createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "@velella/workflows";
import type { CustomerAddressRecord } from "../../modules/customer/types";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";
import type { CustomerAddressInput } from "./customers";

/** An address to be added to a customer. */
export interface CreateCustomerAddressInput extends CustomerAddressInput {
  customer_id: string;
}

/** Creates addresses; undone by deleting them. */
export const createCustomerAddressesStep = createRecordsStep<CreateCustomerAddressInput, CustomerAddressRecord>(
  "create-customer-addresses",
  "customer",
  "CustomerAddresses",
);
/** Changes addresses; undone by writing what they were. */
export const updateCustomerAddressesStep = updateRecordsStep<CustomerAddressInput, CustomerAddressRecord>(
  "update-customer-addresses",
  "customer",
  "CustomerAddresses",
);
/** Deletes addresses, softly; undone by restoring them. */
export const deleteCustomerAddressesStep = deleteRecordsStep("delete-customer-addresses", "customer", "CustomerAddresses");

type Default = "is_default_shipping" | "is_default_billing";

/** What a step that makes room for another default address is given. */
export interface UnsetDefaultAddressesInput {
  /** Which customers get another default. */
  customer_ids: string[];
}

/** Makes room for another default address: the former ones are none any longer; undone by making them defaults again. */
function unsetDefaultStep(name: string, key: Default) {
  return createStep(
    { name, transactional: "shared" },
    async ({ customer_ids }: UnsetDefaultAddressesInput, { container, context }) => {
      if (!customer_ids.length) return new StepResponse<undefined, string[]>(undefined, []);
      const service = container.resolve("customer");
      const former = await service.listCustomerAddresses({ customer_id: customer_ids, [key]: true }, { select: ["id"] }, context);
      if (former.length)
        await service.updateCustomerAddresses(
          former.map(({ id }) => ({ id, [key]: false })),
          context,
        );
      return new StepResponse<undefined, string[]>(
        undefined,
        former.map(({ id }) => id),
      );
    },
    async (ids, { container, context }) => {
      if (ids?.length)
        await container.resolve("customer").updateCustomerAddresses(
          ids.map((id) => ({ id, [key]: true })),
          context,
        );
    },
  );
}

/** Makes room for another default shipping address. */
export const maybeUnsetDefaultShippingAddressesStep = unsetDefaultStep(
  "maybe-unset-default-shipping-customer-addresses",
  "is_default_shipping",
);
/** Makes room for another default billing address. */
export const maybeUnsetDefaultBillingAddressesStep = unsetDefaultStep(
  "maybe-unset-default-billing-customer-addresses",
  "is_default_billing",
);

/**
 * Adds addresses to customers; a new default takes the place of the former one.
 *
 * @throws `invalid_data` from the step, for two new defaults of one kind for the same customer
 */
export const createCustomerAddressesWorkflow = createWorkflow(
  "create-customer-addresses",
  (input: { addresses: CreateCustomerAddressInput[]; additional_data?: Record<string, unknown> }) => {
    const defaults = transform({ input }, ({ input }) => ({
      shipping: { customer_ids: input.addresses.filter((address) => address.is_default_shipping).map(({ customer_id }) => customer_id) },
      billing: { customer_ids: input.addresses.filter((address) => address.is_default_billing).map(({ customer_id }) => customer_id) },
    }));
    maybeUnsetDefaultShippingAddressesStep(defaults.shipping);
    maybeUnsetDefaultBillingAddressesStep(defaults.billing);
    const addresses = createCustomerAddressesStep(input.addresses);
    const addressesCreated = createHook("addressesCreated", { addresses, additional_data: input.additional_data });
    return new WorkflowResponse(addresses, { hooks: [addressesCreated] });
  },
);

/** The customers whose default address a change replaces. */
export const findCustomersOfAddressesStep = createStep(
  { name: "find-customers-of-addresses", pure: true },
  async ({ selector, update }: { selector: Record<string, unknown>; update: CustomerAddressInput }, { container }) => {
    const none = { customer_ids: [] as string[] };
    if (!update.is_default_shipping && !update.is_default_billing) return new StepResponse({ shipping: none, billing: none });
    const addresses = await container.resolve("customer").listCustomerAddresses(selector, { select: ["customer_id"] });
    const customers = { customer_ids: addresses.map(({ customer_id }) => customer_id) };
    return new StepResponse({
      shipping: update.is_default_shipping ? customers : none,
      billing: update.is_default_billing ? customers : none,
    });
  },
);

/** Changes addresses of customers. */
export const updateCustomerAddressesWorkflow = createWorkflow(
  "update-customer-addresses",
  (input: { selector: Record<string, unknown>; update: CustomerAddressInput; additional_data?: Record<string, unknown> }) => {
    const defaults = findCustomersOfAddressesStep({ selector: input.selector, update: input.update });
    maybeUnsetDefaultShippingAddressesStep(defaults.shipping);
    maybeUnsetDefaultBillingAddressesStep(defaults.billing);
    const addresses = updateCustomerAddressesStep({ selector: input.selector, update: input.update });
    const addressesUpdated = createHook("addressesUpdated", { addresses, additional_data: input.additional_data });
    return new WorkflowResponse(addresses, { hooks: [addressesUpdated] });
  },
);

/** Deletes addresses of customers. */
export const deleteCustomerAddressesWorkflow = createWorkflow("delete-customer-addresses", (input: { ids: string[] }) => {
  deleteCustomerAddressesStep(input.ids);
  const addressesDeleted = createHook("addressesDeleted", { ids: input.ids });
  return new WorkflowResponse(undefined, { hooks: [addressesDeleted] });
});
