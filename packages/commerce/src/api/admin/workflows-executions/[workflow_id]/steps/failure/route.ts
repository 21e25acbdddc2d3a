import { StepResponse } from "@velella/workflows";
import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody } from "@velella/framework/http";
import type { StepAnswer } from "../../../validators";
import { AdminCreateWorkflowsAsyncResponse } from "../../../validators";

export const middlewares = { POST: [validateAndTransformBody(AdminCreateWorkflowsAsyncResponse)] };

/** A step that waited for an answer from outside has failed. */
export const POST = async (req: AppRequest<StepAnswer>, res: AppResponse) => {
  const { transaction_id, step_id, response, compensate_input, action = "invoke" } = req.validatedBody;
  await req.scope.resolve("workflows").setStepFailure({
    idempotencyKey: { action, transactionId: transaction_id, stepId: step_id, workflowId: req.params.workflow_id! },
    stepResponse: compensate_input === undefined ? response : new StepResponse(response, compensate_input),
  });
  res.status(200).json({ success: true });
};
