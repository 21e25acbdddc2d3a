import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import { orderFromErpWorkflow } from "../../../../workflows/order-from-erp";
import type { CreateErpOrder } from "../../../validators";

/** Orders goods; the answer comes before the ERP's. */
export const POST = async (req: AuthenticatedMedusaRequest<CreateErpOrder>, res: MedusaResponse) => {
  const { transaction } = await orderFromErpWorkflow(req.scope).run({ input: req.validatedBody });
  res.status(202).json({ reference: transaction.transactionId });
};
