import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { deleteProductsWorkflow } from "../../../../flows/product/delete-products";
import { updateProductsWorkflow } from "../../../../flows/product/update-products";
import { apiErrors } from "../../../errors";
import { deleted } from "../../../read-records";
import { retrieveProductConfig } from "../query-config";
import { readProduct } from "../read-product";
import { toProductInput } from "../to-product-input";
import { AdminGetProductParams, AdminUpdateProduct } from "../validators";

const query = validateAndTransformQuery(AdminGetProductParams, retrieveProductConfig);

export const middlewares = {
  GET: [query],
  POST: [validateAndTransformBody(AdminUpdateProduct), query],
  DELETE: [query],
};

export const GET = async (req: AppRequest, res: AppResponse) => {
  const product = await readProduct(req, req.params.id!);
  if (!product) throw apiErrors.notFound("Product not found");
  res.json({ product });
};

export const POST = async (req: AppRequest<Record<string, unknown>>, res: AppResponse) => {
  const { additional_data, ...update } = req.validatedBody;
  await updateProductsWorkflow(req.scope).run({
    input: {
      selector: { id: req.params.id! },
      update: toProductInput(update),
      additional_data: additional_data as Record<string, unknown> | undefined,
    },
  });
  res.json({ product: await readProduct(req, req.params.id!) });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await deleteProductsWorkflow(req.scope).run({ input: { ids: [id] } });
  res.json(deleted(id, "product"));
};
