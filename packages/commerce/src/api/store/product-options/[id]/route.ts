import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { StoreGetProductOptionParams } from "../validators";

export const middlewares = { GET: [validateAndTransformQuery(StoreGetProductOptionParams, retrieveConfig)] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "product_option", "product_option", { id, notFound: `Product option with id: ${id} was not found` });
};
