import type { AppRequest, AppResponse } from "@velella/framework/http";
import { createLinkBody, validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { linkCustomerGroupsToCustomerWorkflow } from "../../../../../flows/customer-group/customer-groups";
import { sendRecord } from "../../../../read-records";
import { retrieveConfig } from "../../query-config";
import { AdminCustomerParams } from "../../validators";

export const middlewares = {
  POST: [validateAndTransformBody(createLinkBody()), validateAndTransformQuery(AdminCustomerParams, retrieveConfig)],
};

export const POST = async (req: AppRequest<{ add?: string[]; remove?: string[] }>, res: AppResponse) => {
  const id = req.params.id!;
  await linkCustomerGroupsToCustomerWorkflow(req.scope).run({ input: { id, ...req.validatedBody } });
  await sendRecord(req, res, "customer", "customer", { id });
};
