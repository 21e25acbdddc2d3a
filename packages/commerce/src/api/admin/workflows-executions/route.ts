import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import type { ExecutionFilters } from "@velella/workflows";
import { listConfig } from "./query-config";
import { pickFields } from "./read-executions";
import { AdminGetWorkflowExecutionsParams } from "./validators";

export const middlewares = { GET: [validateAndTransformQuery(AdminGetWorkflowExecutionsParams, listConfig)] };

export const GET = async (req: AppRequest, res: AppResponse) => {
  const filters: ExecutionFilters = req.filterableFields;
  const { skip = 0, take = 100, order } = req.queryConfig.pagination;
  const engine = req.scope.resolve("workflows");
  const [executions, count] = await engine.listAndCountWorkflowExecutions(filters, { skip, take, ...(order && { order: order }) });
  const workflow_executions = executions.map((execution) => pickFields(execution, req.queryConfig.fields));
  res.json({ workflow_executions, count, offset: skip, limit: take });
};
