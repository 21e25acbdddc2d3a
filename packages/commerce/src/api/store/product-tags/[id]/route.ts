import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { StoreGetProductTagParams } from "../validators";

export const middlewares = { GET: [validateAndTransformQuery(StoreGetProductTagParams, retrieveConfig)] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "product_tag", "product_tag", { id, notFound: `Product tag with id: ${id} was not found` });
};
