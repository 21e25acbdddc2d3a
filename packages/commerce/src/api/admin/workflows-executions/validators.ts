import { createFindParams, createOperatorMap, createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { oneOrMany } from "../../validation/filters";

export const AdminCreateWorkflowsRun = z.object({ input: z.unknown().optional(), transaction_id: z.string().optional() });
/** The outcome of a step that waits for one; `action` says which side of the step waits. */
export const AdminCreateWorkflowsAsyncResponse = z.object({
  transaction_id: z.string(),
  step_id: z.string(),
  response: z.unknown().optional(),
  compensate_input: z.unknown().optional(),
  action: z.enum(["invoke", "compensate"]).optional(),
});

export type StepAnswer = z.infer<typeof AdminCreateWorkflowsAsyncResponse>;

export const AdminGetWorkflowExecutionDetailsParams = createSelectParams();
export const AdminGetWorkflowExecutionsParams = createFindParams({ limit: 100 }).extend({
  q: z.string().optional(),
  transaction_id: oneOrMany(z.string()).optional(),
  workflow_id: oneOrMany(z.string()).optional(),
  state: oneOrMany(z.string()).optional(),
  created_at: createOperatorMap().optional(),
});
