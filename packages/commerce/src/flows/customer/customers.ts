import { emitEventStep, removeRemoteLinkStep } from "@velella/framework";
import { createHook, createStep, createWorkflow, transform, when, WorkflowResponse } from "@velella/workflows";
import type { CustomerRecord } from "../../modules/customer/types";
import { setAuthAppMetadataStep } from "../auth/set-app-metadata";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";
import { customerFlowErrors } from "./errors";

/** An address; nothing of it is required. A customer has at most one default for shipping, and one for billing. */
export interface CustomerAddressInput {
  address_name?: string | null;
  /** Default: false. */
  is_default_shipping?: boolean;
  /** Default: false. */
  is_default_billing?: boolean;
  company?: string | null;
  first_name?: string | null;
  last_name?: string | null;
  address_1?: string | null;
  address_2?: string | null;
  city?: string | null;
  /** Two letters, as ISO 3166-1 has them; not checked here. */
  country_code?: string | null;
  province?: string | null;
  postal_code?: string | null;
  phone?: string | null;
  metadata?: Record<string, unknown> | null;
}

/**
 * A customer to be made, with their addresses.
 *
 * @throws `invalid_data` from the step: an e-mail address belongs to at most one customer with an account, and one without
 */
export interface CreateCustomerInput {
  id?: string;
  company_name?: string | null;
  first_name?: string | null;
  last_name?: string | null;
  email?: string | null;
  phone?: string | null;
  /** Id of the user who made it. */
  created_by?: string | null;
  /** Whether the customer can log in. */
  has_account?: boolean;
  /** Made along with the customer. */
  addresses?: CustomerAddressInput[];
  metadata?: Record<string, unknown> | null;
}

/** Creates customers; undone by deleting them. */
export const createCustomersStep = createRecordsStep<CreateCustomerInput, CustomerRecord>("create-customers", "customer", "Customers");
/** Changes customers; undone by writing what they were. */
export const updateCustomersStep = updateRecordsStep<Partial<CreateCustomerInput>, CustomerRecord>(
  "update-customer",
  "customer",
  "Customers",
);
/** Deletes customers, softly; undone by restoring them. */
export const deleteCustomersStep = deleteRecordsStep("delete-customers", "customer", "Customers");

/** Customers to be made. `additional_data` is handed to the hook `customersCreated` as it is. */
export interface CreateCustomersWorkflowInput {
  customersData: CreateCustomerInput[];
  additional_data?: Record<string, unknown>;
}

/** Creates customers. */
export const createCustomersWorkflow = createWorkflow("create-customers", (input: CreateCustomersWorkflowInput) => {
  const customers = createCustomersStep(input.customersData);
  const customersCreated = createHook("customersCreated", { customers, additional_data: input.additional_data });
  emitEventStep({ eventName: "customer.created", data: transform({ customers }, ({ customers }) => customers.map(({ id }) => ({ id }))) });
  return new WorkflowResponse(customers, { hooks: [customersCreated] });
});

/**
 * The same change for all customers that the filters of `selector` choose. `additional_data` is handed to the hook
 * `customersUpdated` as it is.
 *
 * @throws `not_found` from the step for an id that is the whole selector, and is not there; other selectors may choose nobody
 */
export interface UpdateCustomersWorkflowInput {
  selector: Record<string, unknown>;
  update: Partial<CreateCustomerInput>;
  additional_data?: Record<string, unknown>;
}

/** Changes customers. */
export const updateCustomersWorkflow = createWorkflow("update-customers", (input: UpdateCustomersWorkflowInput) => {
  const customers = updateCustomersStep({ selector: input.selector, update: input.update });
  const customersUpdated = createHook("customersUpdated", { customers, additional_data: input.additional_data });
  emitEventStep({ eventName: "customer.updated", data: transform({ customers }, ({ customers }) => customers.map(({ id }) => ({ id }))) });
  return new WorkflowResponse(customers, { hooks: [customersUpdated] });
});

/** Deletes customers with their addresses and links. */
export const deleteCustomersWorkflow = createWorkflow("delete-customers", (input: { ids: string[] }) => {
  deleteCustomersStep(input.ids);
  removeRemoteLinkStep({ customer: { customer_id: input.ids } });
  const customersDeleted = createHook("customersDeleted", { ids: input.ids });
  emitEventStep({ eventName: "customer.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined, { hooks: [customersDeleted] });
});

/** Who gets an account. With an empty `authIdentityId` the customer is made without one, and cannot log in. */
export interface CreateCustomerAccountInput {
  authIdentityId: string;
  customerData: CreateCustomerInput;
}

/** Refuses an account without an e-mail address, and a second one for the same address. */
export const validateCustomerAccountCreation = createStep(
  { name: "validate-customer-account-creation", pure: true },
  async ({ customerData }: CreateCustomerAccountInput, { container }) => {
    const { email } = customerData;
    if (!email) throw customerFlowErrors.emailRequired();
    const [existing] = await container.resolve("customer").listCustomers({ email, has_account: true }, { select: ["id"], take: 1 });
    if (existing) throw customerFlowErrors.accountExists();
  },
);

/** Makes a customer of an identity, which can then log in as one. */
export const createCustomerAccountWorkflow = createWorkflow("create-customer-account", (input: CreateCustomerAccountInput) => {
  validateCustomerAccountCreation(input);
  const customers = createCustomersWorkflow.runAsStep({
    input: { customersData: transform({ input }, ({ input }) => [{ ...input.customerData, has_account: !!input.authIdentityId }]) },
  });
  const customer = transform({ customers }, ({ customers }) => customers[0]!);
  when("has-identity", { input }, ({ input }) => !!input.authIdentityId).then(() => {
    setAuthAppMetadataStep({ authIdentityId: input.authIdentityId, actorType: "customer", value: customer.id });
  });
  return new WorkflowResponse(customer);
});
