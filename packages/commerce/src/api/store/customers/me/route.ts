import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateCustomerInput } from "../../../../flows/customer/customers";
import { updateCustomersWorkflow } from "../../../../flows/customer/customers";
import { sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { StoreGetCustomerParams, StoreUpdateCustomer } from "../validators";

const query = validateAndTransformQuery(StoreGetCustomerParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(StoreUpdateCustomer), query] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.auth_context!.actor_id;
  return sendRecord(req, res, "customer", "customer", { id, notFound: `Customer with id: ${id} was not found` });
};

export const POST = async (req: AppRequest<Partial<CreateCustomerInput>>, res: AppResponse) => {
  const id = req.auth_context!.actor_id;
  await updateCustomersWorkflow(req.scope).run({ input: { selector: { id }, update: req.validatedBody } });
  await sendRecord(req, res, "customer", "customer", { id });
};
