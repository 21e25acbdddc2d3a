import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { deleteCollectionsWorkflow, updateCollectionsWorkflow } from "../../../../flows/product/collections";
import type { CreateProductCollectionInput } from "../../../../modules/product/types";
import { deleted, sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetCollectionParams, AdminUpdateCollection } from "../validators";

const query = validateAndTransformQuery(AdminGetCollectionParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateCollection), query] };

export const GET = (req: AppRequest, res: AppResponse) => sendRecord(req, res, "product_collection", "collection", { id: req.params.id! });

export const POST = async (
  req: AppRequest<Partial<CreateProductCollectionInput> & { additional_data?: Record<string, unknown> }>,
  res: AppResponse,
) => {
  const id = req.params.id!;
  const { additional_data, ...update } = req.validatedBody;
  await updateCollectionsWorkflow(req.scope).run({ input: { selector: { id }, update, additional_data } });
  await sendRecord(req, res, "product_collection", "collection", { id });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await deleteCollectionsWorkflow(req.scope).run({ input: { ids: [id] } });
  res.json(deleted(id, "collection"));
};
