import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { createCollectionsWorkflow } from "../../../flows/product/collections";
import type { CreateProductCollectionInput } from "../../../modules/product/types";
import { sendPage, sendRecord } from "../../read-records";
import { listConfig, retrieveConfig } from "./query-config";
import { AdminCreateCollection, AdminGetCollectionParams, AdminGetCollectionsParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetCollectionsParams, listConfig)],
  POST: [validateAndTransformBody(AdminCreateCollection), validateAndTransformQuery(AdminGetCollectionParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) => sendPage(req, res, "product_collection", "collections");

export const POST = async (
  req: AppRequest<CreateProductCollectionInput & { additional_data?: Record<string, unknown> }>,
  res: AppResponse,
) => {
  const { additional_data, ...input } = req.validatedBody;
  const { result } = await createCollectionsWorkflow(req.scope).run({ input: { collections: [input], additional_data } });
  await sendRecord(req, res, "product_collection", "collection", { id: result[0]!.id });
};
