import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import { approveReviewWorkflow } from "../../../../../workflows/approve-review";

export const POST = async (req: AuthenticatedMedusaRequest, res: MedusaResponse) => {
  const { result: review } = await approveReviewWorkflow(req.scope).run({ input: { id: req.params.id } });
  res.json({ review });
};
