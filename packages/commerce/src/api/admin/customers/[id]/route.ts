import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateCustomerInput } from "../../../../flows/customer/customers";
import { updateCustomersWorkflow } from "../../../../flows/customer/customers";
import { removeCustomerAccountWorkflow } from "../../../../flows/customer/remove-account";
import { deleted, sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminCustomerParams, AdminUpdateCustomer } from "../validators";

const query = validateAndTransformQuery(AdminCustomerParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateCustomer), query] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "customer", "customer", { id, notFound: `Customer with id: ${id} not found` });
};

export const POST = async (req: AppRequest<CreateCustomerInput & { additional_data?: Record<string, unknown> }>, res: AppResponse) => {
  const id = req.params.id!;
  const { additional_data, ...update } = req.validatedBody;
  await updateCustomersWorkflow(req.scope).run({ input: { selector: { id }, update, additional_data } });
  await sendRecord(req, res, "customer", "customer", { id });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await removeCustomerAccountWorkflow(req.scope).run({ input: { customerId: id } });
  res.json(deleted(id, "customer"));
};
