import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { StoreGetRegionParams } from "../validators";

export const middlewares = { GET: [validateAndTransformQuery(StoreGetRegionParams, retrieveConfig)] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "region", "region", { id, notFound: `Region with id: ${id} was not found` });
};
