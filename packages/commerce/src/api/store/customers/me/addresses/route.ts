import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { createCustomerAddressesWorkflow } from "../../../../../flows/customer/addresses";
import type { CustomerAddressInput } from "../../../../../flows/customer/customers";
import { sendPage, sendRecord } from "../../../../read-records";
import { listAddressesConfig, retrieveConfig } from "../../query-config";
import { StoreCreateCustomerAddress, StoreGetCustomerAddressesParams, StoreGetCustomerParams } from "../../validators";

export const middlewares = {
  GET: [validateAndTransformQuery(StoreGetCustomerAddressesParams, listAddressesConfig)],
  POST: [validateAndTransformBody(StoreCreateCustomerAddress), validateAndTransformQuery(StoreGetCustomerParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) =>
  sendPage(req, res, "customer_address", "addresses", { filters: { ...req.filterableFields, customer_id: req.auth_context!.actor_id } });

export const POST = async (req: AppRequest<CustomerAddressInput>, res: AppResponse) => {
  const customer_id = req.auth_context!.actor_id;
  await createCustomerAddressesWorkflow(req.scope).run({ input: { addresses: [{ ...req.validatedBody, customer_id }] } });
  await sendRecord(req, res, "customer", "customer", { id: customer_id });
};
