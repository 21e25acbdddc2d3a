import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { retrieveConfig } from "../../query-config";
import { pickFields } from "../../read-executions";
import { AdminGetWorkflowExecutionDetailsParams } from "../../validators";

export const middlewares = { GET: [validateAndTransformQuery(AdminGetWorkflowExecutionDetailsParams, retrieveConfig)] };

export const GET = async (req: AppRequest, res: AppResponse) => {
  const { workflow_id = "", transaction_id = "" } = req.params;
  const execution = await req.scope.resolve("workflows").retrieveWorkflowExecution({ workflow_id, transaction_id });
  res.json({ workflow_execution: pickFields(execution, req.queryConfig.fields) });
};
