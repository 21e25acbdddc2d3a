import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { StoreGetProductTypeParams } from "../validators";

export const middlewares = { GET: [validateAndTransformQuery(StoreGetProductTypeParams, retrieveConfig)] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "product_type", "product_type", { id, notFound: `Product type with id: ${id} was not found` });
};
