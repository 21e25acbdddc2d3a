import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { UpdateStoreInput } from "../../../../flows/store/stores";
import { updateStoresWorkflow } from "../../../../flows/store/stores";
import { sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetStoreParams, AdminUpdateStore } from "../validators";

const query = validateAndTransformQuery(AdminGetStoreParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateStore), query] };

export const GET = (req: AppRequest, res: AppResponse) => sendRecord(req, res, "store", "store", { id: req.params.id! });

export const POST = async (req: AppRequest<UpdateStoreInput>, res: AppResponse) => {
  const id = req.params.id!;
  await updateStoresWorkflow(req.scope).run({ input: { selector: { id }, update: req.validatedBody } });
  await sendRecord(req, res, "store", "store", { id });
};
