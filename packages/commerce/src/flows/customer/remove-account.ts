import { createWorkflow, transform, when, WorkflowResponse } from "@velella/workflows";
import { findActorIdentityStep } from "../auth/remove-actor";
import { setAuthAppMetadataStep } from "../auth/set-app-metadata";
import { deleteCustomersWorkflow } from "./customers";

/** Deletes a customer; the identity that logged in as one stays, and may become another. */
export const removeCustomerAccountWorkflow = createWorkflow("remove-customer-account", (input: { customerId: string }) => {
  const identity = findActorIdentityStep({ key: "customer_id", value: input.customerId });
  deleteCustomersWorkflow.runAsStep({ input: { ids: transform({ input }, ({ input }) => [input.customerId]) } });
  when("has-identity", { identity }, ({ identity }) => !!identity).then(() => {
    setAuthAppMetadataStep({
      authIdentityId: transform({ identity }, ({ identity }) => (identity as { id: string }).id),
      actorType: "customer",
      value: null,
    });
  });
  return new WorkflowResponse(input.customerId);
});
