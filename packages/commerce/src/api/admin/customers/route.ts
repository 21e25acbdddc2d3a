import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateCustomerInput } from "../../../flows/customer/customers";
import { createCustomersWorkflow } from "../../../flows/customer/customers";
import { sendPage, sendRecord } from "../../read-records";
import { listConfig, retrieveConfig } from "./query-config";
import { AdminCreateCustomer, AdminCustomerParams, AdminCustomersParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminCustomersParams, listConfig)],
  POST: [validateAndTransformBody(AdminCreateCustomer), validateAndTransformQuery(AdminCustomerParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) => {
  const { groups, ...filters } = req.filterableFields;
  // A group may be named by its id alone.
  const byGroup = typeof groups === "string" || Array.isArray(groups) ? { id: groups } : groups;
  return sendPage(req, res, "customer", "customers", { filters: { ...filters, ...(byGroup !== undefined && { groups: byGroup }) } });
};

export const POST = async (req: AppRequest<CreateCustomerInput & { additional_data?: Record<string, unknown> }>, res: AppResponse) => {
  const { additional_data, ...customer } = req.validatedBody;
  const created_by = req.auth_context!.actor_id;
  const { result } = await createCustomersWorkflow(req.scope).run({
    input: { customersData: [{ ...customer, created_by }], additional_data },
  });
  await sendRecord(req, res, "customer", "customer", { id: result[0]!.id });
};
