import { createStep, createWorkflow, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import { emitEventStep } from "@medusajs/medusa/core-flows";
import { ERP_MODULE } from "../modules/erp";
import type ErpService from "../modules/erp/service";
import type { ErpOrder } from "../modules/erp/service";
import { erpRetries } from "./sync-products-from-erp";

/** What the ERP says of an order, perhaps days later. */
export interface ErpConfirmation {
  /** A date. */
  arrives_at: string;
}

export const orderFromErpStepId = "order-from-erp";

// Returns nothing: the workflow waits here until the webhook answers the step.
const orderFromErpStep = createStep(
  { name: orderFromErpStepId, async: true, ...erpRetries },
  async ({ number, quantity }: Omit<ErpOrder, "reference">, { container, transactionId }): Promise<ErpConfirmation | void> => {
    await container.resolve<ErpService>(ERP_MODULE).placeOrder({ reference: transactionId, number, quantity });
  },
  async (_, { container, transactionId }) => {
    await container.resolve<ErpService>(ERP_MODULE).cancelOrder(transactionId);
  },
);

/** Orders goods from the ERP, and ends when it has confirmed them. The transaction id is the order's reference. */
export const orderFromErpWorkflow = createWorkflow(
  { name: "order-from-erp", retentionTime: 7 * 24 * 3600 },
  (input: Omit<ErpOrder, "reference">) => {
    const confirmation = orderFromErpStep(input);
    emitEventStep({
      eventName: "erp.order-confirmed",
      data: { number: input.number, quantity: input.quantity, arrives_at: confirmation.arrives_at },
    });
    return new WorkflowResponse(confirmation);
  },
);
