import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateCustomerGroupInput } from "../../../flows/customer-group/customer-groups";
import { createCustomerGroupsWorkflow } from "../../../flows/customer-group/customer-groups";
import { sendPage, sendRecord } from "../../read-records";
import { listConfig, retrieveConfig } from "./query-config";
import { AdminCreateCustomerGroup, AdminGetCustomerGroupParams, AdminGetCustomerGroupsParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetCustomerGroupsParams, listConfig)],
  POST: [validateAndTransformBody(AdminCreateCustomerGroup), validateAndTransformQuery(AdminGetCustomerGroupParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) => {
  const { customers, ...filters } = req.filterableFields;
  // A customer may be named by its id alone.
  const byCustomer = typeof customers === "string" || Array.isArray(customers) ? { id: customers } : customers;
  return sendPage(req, res, "customer_group", "customer_groups", {
    filters: { ...filters, ...(byCustomer !== undefined && { customers: byCustomer }) },
  });
};

export const POST = async (req: AppRequest<CreateCustomerGroupInput>, res: AppResponse) => {
  const created_by = req.auth_context!.actor_id;
  const { result } = await createCustomerGroupsWorkflow(req.scope).run({
    input: { customersData: [{ ...req.validatedBody, created_by }] },
  });
  await sendRecord(req, res, "customer_group", "customer_group", { id: result[0]!.id });
};
