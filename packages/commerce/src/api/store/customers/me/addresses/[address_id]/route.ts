import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { deleteCustomerAddressesWorkflow, updateCustomerAddressesWorkflow } from "../../../../../../flows/customer/addresses";
import type { CustomerAddressInput } from "../../../../../../flows/customer/customers";
import { apiErrors } from "../../../../../errors";
import { deleted, readRecord, sendRecord } from "../../../../../read-records";
import { retrieveAddressConfig, retrieveConfig } from "../../../query-config";
import { StoreCreateCustomerAddress, StoreGetCustomerAddressParams, StoreGetCustomerParams } from "../../../validators";

const customer = validateAndTransformQuery(StoreGetCustomerParams, retrieveConfig);

export const middlewares = {
  GET: [validateAndTransformQuery(StoreGetCustomerAddressParams, retrieveAddressConfig)],
  POST: [validateAndTransformBody(StoreCreateCustomerAddress), customer],
  DELETE: [customer],
};

const notFound = (id: string) => `Address with id: ${id} was not found`;

/** Of the customer's own addresses only. */
async function ownAddress(req: AppRequest): Promise<{ id: string[]; customer_id: string }> {
  const id = req.params.address_id!;
  const filters = { id: [id], customer_id: req.auth_context!.actor_id };
  if (!(await readRecord(req, "customer_address", { fields: ["id"], filters }))) throw apiErrors.notFound(notFound(id));
  return filters;
}

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.address_id!;
  const filters = { id, customer_id: req.auth_context!.actor_id };
  return sendRecord(req, res, "customer_address", "address", { filters, notFound: notFound(id) });
};

export const POST = async (req: AppRequest<CustomerAddressInput>, res: AppResponse) => {
  const selector = await ownAddress(req);
  await updateCustomerAddressesWorkflow(req.scope).run({ input: { selector, update: req.validatedBody } });
  await sendRecord(req, res, "customer", "customer", { id: selector.customer_id });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const { id, customer_id } = await ownAddress(req);
  await deleteCustomerAddressesWorkflow(req.scope).run({ input: { ids: id } });
  // The contract's answer names the customer here, not the address.
  res.json({ ...deleted(customer_id, "address"), parent: await readRecord(req, "customer", { id: customer_id }) });
};
