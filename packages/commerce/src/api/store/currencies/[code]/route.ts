import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { AdminGetCurrencyParams } from "../../../admin/currencies/validators";
import { sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";

export const middlewares = { GET: [validateAndTransformQuery(AdminGetCurrencyParams, retrieveConfig)] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const code = req.params.code!;
  return sendRecord(req, res, "currency", "currency", { filters: { code }, notFound: `Currency with code: ${code} was not found` });
};
