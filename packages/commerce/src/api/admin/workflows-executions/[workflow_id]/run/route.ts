import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody } from "@velella/framework/http";
import { AdminCreateWorkflowsRun } from "../../validators";

export const middlewares = { POST: [validateAndTransformBody(AdminCreateWorkflowsRun)] };

export const POST = async (req: AppRequest<{ input?: unknown; transaction_id?: string }>, res: AppResponse) => {
  const { input, transaction_id } = req.validatedBody;
  const { acknowledgement } = await req.scope.resolve("workflows").run(req.params.workflow_id!, {
    input,
    ...(transaction_id !== undefined && { transactionId: transaction_id }),
    context: { requestId: req.requestId },
  });
  res.status(200).json({ acknowledgement });
};
