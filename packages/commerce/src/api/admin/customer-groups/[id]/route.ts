import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateCustomerGroupInput } from "../../../../flows/customer-group/customer-groups";
import { deleteCustomerGroupsWorkflow, updateCustomerGroupsWorkflow } from "../../../../flows/customer-group/customer-groups";
import { deleted, sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetCustomerGroupParams, AdminUpdateCustomerGroup } from "../validators";

const query = validateAndTransformQuery(AdminGetCustomerGroupParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateCustomerGroup), query] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "customer_group", "customer_group", { id, notFound: `Customer group with id: ${id} not found` });
};

export const POST = async (req: AppRequest<Partial<CreateCustomerGroupInput>>, res: AppResponse) => {
  const id = req.params.id!;
  await updateCustomerGroupsWorkflow(req.scope).run({ input: { selector: { id }, update: req.validatedBody } });
  await sendRecord(req, res, "customer_group", "customer_group", { id });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await deleteCustomerGroupsWorkflow(req.scope).run({ input: { ids: [id] } });
  res.json(deleted(id, "customer_group"));
};
