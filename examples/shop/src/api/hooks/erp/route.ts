import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import { ContainerRegistrationKeys, MedusaError, Modules, TransactionHandlerType } from "@medusajs/framework/utils";
import { ERP_MODULE } from "../../../modules/erp";
import type ErpService from "../../../modules/erp/service";
import { orderFromErpStepId, orderFromErpWorkflow } from "../../../workflows/order-from-erp";
import type { ErpWebhook } from "../../validators";

/** The ERP answers an order. It repeats itself until it hears from us, so an answer may come more than once. */
export const POST = async (req: MedusaRequest<ErpWebhook>, res: MedusaResponse) => {
  if (!req.scope.resolve<ErpService>(ERP_MODULE).isWebhookSecret(req.get("x-erp-secret"))) {
    throw new MedusaError(MedusaError.Types.UNAUTHORIZED, "The webhook does not carry the secret of the ERP.");
  }
  const { reference, status, arrives_at, reason } = req.validatedBody;
  const idempotencyKey = {
    action: TransactionHandlerType.INVOKE,
    transactionId: reference,
    stepId: orderFromErpStepId,
    workflowId: orderFromErpWorkflow.getName(),
  };
  const workflows = req.scope.resolve(Modules.WORKFLOW_ENGINE);
  try {
    if (status === "confirmed") await workflows.setStepSuccess({ idempotencyKey, stepResponse: { arrives_at } });
    else await workflows.setStepFailure({ idempotencyKey, stepResponse: reason });
  } catch (error) {
    if (!MedusaError.isMedusaError(error) || error.type !== MedusaError.Types.NOT_ALLOWED) throw error;
    req.scope.resolve(ContainerRegistrationKeys.LOGGER).info(`Order ${reference} of the ERP waits for no answer (any more).`);
  }
  res.json({ received: true });
};
