import { removeRemoteLinkStep } from "@velella/framework";
import { createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "@velella/workflows";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";
import type { LinkWorkflowInput } from "../sales-channel/link-products";

/**
 * A group to be made.
 *
 * @throws `invalid_data` from the step, where another group has the name
 */
export interface CreateCustomerGroupInput {
  name: string;
  metadata?: Record<string, unknown> | null;
  /** Id of the user who made it. */
  created_by?: string | null;
}

/** A group as the steps return it: its own columns, without the customers in it. */
export interface CustomerGroupRecord extends Required<CreateCustomerGroupInput> {
  id: string;
}

/** Creates groups; undone by deleting them. */
export const createCustomerGroupsStep = createRecordsStep<CreateCustomerGroupInput, CustomerGroupRecord>(
  "create-customer-groups",
  "customer",
  "CustomerGroups",
);
/** Changes groups; undone by writing what they were. */
export const updateCustomerGroupsStep = updateRecordsStep<Partial<CreateCustomerGroupInput>, CustomerGroupRecord>(
  "update-customer-groups",
  "customer",
  "CustomerGroups",
);
/** Deletes groups, softly; undone by restoring them. */
export const deleteCustomerGroupsStep = deleteRecordsStep("delete-customer-group-step", "customer", "CustomerGroups");

interface Membership {
  customer_id: string;
  customer_group_id: string;
}

const pairOf = ({ customer_id, customer_group_id }: Membership) => `${customer_id}:${customer_group_id}`;

/** Adds customers to groups and takes others out; undone by the reverse, for those of them whose membership has changed. */
export const changeGroupMembersStep = createStep(
  { name: "change-customer-group-members", transactional: "shared" },
  async (input: { add: Membership[]; remove: Membership[] }, { container, context }) => {
    const customers = container.resolve("customer");
    const pairs = [...input.add, ...input.remove].map(({ customer_id, customer_group_id }) => ({ customer_id, customer_group_id }));
    if (!pairs.length) return new StepResponse(undefined, input);
    const present = await customers.listCustomerGroupCustomers({ $or: pairs }, {}, context);
    const before = new Set(present.map(pairOf));
    if (input.add.length) await customers.addCustomerToGroup(input.add, context);
    if (input.remove.length) await customers.removeCustomerFromGroup(input.remove, context);
    return new StepResponse(undefined, {
      add: input.add.filter((pair) => !before.has(pairOf(pair))),
      remove: input.remove.filter((pair) => before.has(pairOf(pair))),
    });
  },
  async (changed, { container, context }) => {
    const customers = container.resolve("customer");
    if (changed?.add.length) await customers.removeCustomerFromGroup(changed.add, context);
    if (changed?.remove.length) await customers.addCustomerToGroup(changed.remove, context);
  },
);

/** Creates groups of customers. */
export const createCustomerGroupsWorkflow = createWorkflow(
  "create-customer-groups",
  (input: { customersData: CreateCustomerGroupInput[] }) => new WorkflowResponse(createCustomerGroupsStep(input.customersData)),
);

/** Changes groups of customers. */
export const updateCustomerGroupsWorkflow = createWorkflow(
  "update-customer-groups",
  (input: { selector: Record<string, unknown>; update: Partial<CreateCustomerGroupInput> }) =>
    new WorkflowResponse(updateCustomerGroupsStep(input)),
);

/** Deletes groups of customers. */
export const deleteCustomerGroupsWorkflow = createWorkflow("delete-customer-groups", (input: { ids: string[] }) => {
  deleteCustomerGroupsStep(input.ids);
  removeRemoteLinkStep({ customer: { customer_group_id: input.ids } });
  return new WorkflowResponse(undefined);
});

/** Adds customers to a group, and takes others out of it. */
export const linkCustomersToCustomerGroupWorkflow = createWorkflow("link-customers-to-customer-group", (input: LinkWorkflowInput) => {
  changeGroupMembersStep(
    transform({ input }, ({ input: { id, add = [], remove = [] } }) => ({
      add: add.map((customer_id) => ({ customer_id, customer_group_id: id })),
      remove: remove.map((customer_id) => ({ customer_id, customer_group_id: id })),
    })),
  );
  return new WorkflowResponse(undefined);
});

/** Adds a customer to groups, and takes it out of others. */
export const linkCustomerGroupsToCustomerWorkflow = createWorkflow("link-customer-groups-to-customer", (input: LinkWorkflowInput) => {
  changeGroupMembersStep(
    transform({ input }, ({ input: { id, add = [], remove = [] } }) => ({
      add: add.map((customer_group_id) => ({ customer_id: id, customer_group_id })),
      remove: remove.map((customer_group_id) => ({ customer_id: id, customer_group_id })),
    })),
  );
  return new WorkflowResponse(undefined);
});
