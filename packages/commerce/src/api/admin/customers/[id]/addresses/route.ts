import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { createCustomerAddressesWorkflow } from "../../../../../flows/customer/addresses";
import type { CustomerAddressInput } from "../../../../../flows/customer/customers";
import { sendPage, sendRecord } from "../../../../read-records";
import { listAddressesConfig, retrieveConfig } from "../../query-config";
import { AdminCreateCustomerAddress, AdminCustomerAddressesParams, AdminCustomerParams } from "../../validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminCustomerAddressesParams, listAddressesConfig)],
  POST: [validateAndTransformBody(AdminCreateCustomerAddress), validateAndTransformQuery(AdminCustomerParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) =>
  sendPage(req, res, "customer_address", "addresses", { filters: { ...req.filterableFields, customer_id: req.params.id! } });

export const POST = async (req: AppRequest<CustomerAddressInput & { additional_data?: Record<string, unknown> }>, res: AppResponse) => {
  const customer_id = req.params.id!;
  const { additional_data, ...address } = req.validatedBody;
  await createCustomerAddressesWorkflow(req.scope).run({ input: { addresses: [{ ...address, customer_id }], additional_data } });
  await sendRecord(req, res, "customer", "customer", { id: customer_id });
};
