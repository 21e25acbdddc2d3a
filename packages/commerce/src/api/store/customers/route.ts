import type { AppRequest, AppResponse } from "@velella/framework/http";
import { authenticate, validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateCustomerInput } from "../../../flows/customer/customers";
import { createCustomerAccountWorkflow } from "../../../flows/customer/customers";
import { sendRecord } from "../../read-records";
import { retrieveConfig } from "./query-config";
import { StoreCreateCustomer, StoreGetCustomerParams } from "./validators";

export const middlewares = {
  POST: [
    // The identity exists; the customer is what this route makes of it.
    authenticate("customer", ["session", "bearer"], { allowUnregistered: true }),
    validateAndTransformBody(StoreCreateCustomer),
    validateAndTransformQuery(StoreGetCustomerParams, retrieveConfig),
  ],
};

export const POST = async (req: AppRequest<CreateCustomerInput>, res: AppResponse) => {
  const authIdentityId = req.auth_context!.auth_identity_id;
  const { result } = await createCustomerAccountWorkflow(req.scope).run({ input: { authIdentityId, customerData: req.validatedBody } });
  await sendRecord(req, res, "customer", "customer", { id: result.id });
};
