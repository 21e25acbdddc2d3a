import type { AppRequest, AppResponse } from "@velella/framework/http";
import { createLinkBody, validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { linkCustomersToCustomerGroupWorkflow } from "../../../../../flows/customer-group/customer-groups";
import { sendRecord } from "../../../../read-records";
import { retrieveConfig } from "../../query-config";
import { AdminGetCustomerGroupParams } from "../../validators";

export const middlewares = {
  POST: [validateAndTransformBody(createLinkBody()), validateAndTransformQuery(AdminGetCustomerGroupParams, retrieveConfig)],
};

export const POST = async (req: AppRequest<{ add?: string[]; remove?: string[] }>, res: AppResponse) => {
  const id = req.params.id!;
  await linkCustomersToCustomerGroupWorkflow(req.scope).run({ input: { id, ...req.validatedBody } });
  await sendRecord(req, res, "customer_group", "customer_group", { id });
};
