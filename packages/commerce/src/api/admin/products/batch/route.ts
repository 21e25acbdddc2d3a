import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { batchProductsWorkflow } from "../../../../flows/product/batch-products";
import { retrieveProductConfig } from "../query-config";
import { readProducts } from "../read-product";
import { toProductInput } from "../to-product-input";
import { AdminBatchProducts, AdminGetProductParams } from "../validators";

export const bodyParser = { sizeLimit: "2mb" };

export const middlewares = {
  POST: [validateAndTransformBody(AdminBatchProducts), validateAndTransformQuery(AdminGetProductParams, retrieveProductConfig)],
};

interface Body {
  create?: Record<string, unknown>[];
  update?: (Record<string, unknown> & { id: string })[];
  delete?: string[];
}

export const POST = async (req: AppRequest<Body>, res: AppResponse) => {
  const { create, update, delete: ids } = req.validatedBody;
  const { result } = await batchProductsWorkflow(req.scope).run({
    input: {
      create: create?.map(toProductInput),
      update: update?.map((product) => ({ ...toProductInput(product), id: product.id })),
      delete: ids,
    },
  });
  res.json({
    created: await readProducts(req, result.created),
    updated: await readProducts(req, result.updated),
    deleted: { ids: result.deleted, object: "product", deleted: true },
  });
};
