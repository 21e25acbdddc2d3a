import { createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import { removeActor } from "../auth/remove-actor";
import { deleteCustomersWorkflow } from "./customers";

/** Deletes a customer; the identity that logged in as one stays, and may become another. */
export const removeCustomerAccountWorkflow = createWorkflow("remove-customer-account", (input: { customerId: string }) => {
  const ids = transform({ input }, ({ input }) => [input.customerId]);
  removeActor("customer", input.customerId, () => deleteCustomersWorkflow.runAsStep({ input: { ids } }));
  return new WorkflowResponse(input.customerId);
});
