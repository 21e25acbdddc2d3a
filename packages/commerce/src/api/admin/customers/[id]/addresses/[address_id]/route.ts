import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { deleteCustomerAddressesWorkflow, updateCustomerAddressesWorkflow } from "../../../../../../flows/customer/addresses";
import type { CustomerAddressInput } from "../../../../../../flows/customer/customers";
import { deleted, readRecord, sendRecord } from "../../../../../read-records";
import { retrieveAddressConfig, retrieveConfig } from "../../../query-config";
import { AdminCreateCustomerAddress, AdminCustomerAddressParams, AdminCustomerParams } from "../../../validators";

const customer = validateAndTransformQuery(AdminCustomerParams, retrieveConfig);

export const middlewares = {
  GET: [validateAndTransformQuery(AdminCustomerAddressParams, retrieveAddressConfig)],
  POST: [validateAndTransformBody(AdminCreateCustomerAddress), customer],
  DELETE: [customer],
};

const filtersOf = (req: AppRequest) => ({ id: [req.params.address_id!], customer_id: req.params.id! });

export const GET = (req: AppRequest, res: AppResponse) => sendRecord(req, res, "customer_address", "address", { filters: filtersOf(req) });

export const POST = async (req: AppRequest<CustomerAddressInput & { additional_data?: Record<string, unknown> }>, res: AppResponse) => {
  const { additional_data, ...update } = req.validatedBody;
  await updateCustomerAddressesWorkflow(req.scope).run({ input: { selector: filtersOf(req), update, additional_data } });
  await sendRecord(req, res, "customer", "customer", { id: req.params.id! });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const { address_id = "", id = "" } = req.params;
  await deleteCustomerAddressesWorkflow(req.scope).run({ input: { ids: [address_id] } });
  res.json({ ...deleted(address_id, "customer_address"), parent: await readRecord(req, "customer", { id }) });
};
