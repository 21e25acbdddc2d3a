import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateRegionWithPreferences } from "../../../flows/region/regions";
import { createRegionsWorkflow } from "../../../flows/region/regions";
import { sendPage, sendRecord } from "../../read-records";
import { listConfig, retrieveConfig } from "./query-config";
import { AdminCreateRegion, AdminGetRegionParams, AdminGetRegionsParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetRegionsParams, listConfig)],
  POST: [validateAndTransformBody(AdminCreateRegion), validateAndTransformQuery(AdminGetRegionParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) => sendPage(req, res, "region", "regions");

export const POST = async (req: AppRequest<CreateRegionWithPreferences>, res: AppResponse) => {
  const { result } = await createRegionsWorkflow(req.scope).run({ input: { regions: [req.validatedBody] } });
  await sendRecord(req, res, "region", "region", { id: result[0]!.id });
};
