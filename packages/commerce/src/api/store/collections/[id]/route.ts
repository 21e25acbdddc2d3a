import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { StoreGetCollectionParams } from "../validators";

export const middlewares = { GET: [validateAndTransformQuery(StoreGetCollectionParams, retrieveConfig)] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "product_collection", "collection", { id, notFound: `Collection with id: ${id} was not found` });
};
