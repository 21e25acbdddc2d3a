import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateRegionWithPreferences } from "../../../../flows/region/regions";
import { deleteRegionsWorkflow, updateRegionsWorkflow } from "../../../../flows/region/regions";
import { deleted, sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetRegionParams, AdminUpdateRegion } from "../validators";

const query = validateAndTransformQuery(AdminGetRegionParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateRegion), query] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "region", "region", { id, notFound: `Region with id: ${id} not found` });
};

export const POST = async (req: AppRequest<Partial<CreateRegionWithPreferences>>, res: AppResponse) => {
  const id = req.params.id!;
  await updateRegionsWorkflow(req.scope).run({ input: { selector: { id }, update: req.validatedBody } });
  await sendRecord(req, res, "region", "region", { id });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await deleteRegionsWorkflow(req.scope).run({ input: { ids: [id] } });
  res.json(deleted(id, "region"));
};
