import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { deleteProductCategoriesWorkflow, updateProductCategoriesWorkflow } from "../../../../flows/product-category/product-categories";
import type { CreateProductCategoryInput } from "../../../../modules/product/types";
import { apiErrors } from "../../../errors";
import { deleted, readRecord, sendRecord } from "../../../read-records";
import { withTree } from "../category-tree";
import { retrieveConfig } from "../query-config";
import { AdminProductCategoryParams, AdminUpdateProductCategory } from "../validators";

const query = validateAndTransformQuery(AdminProductCategoryParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateProductCategory), query] };

export const GET = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  const row = await readRecord(req, "product_category", { id });
  if (!row) throw apiErrors.notFound(`Product category with id: ${id} was not found`);
  const [product_category] = await withTree(req, [row]);
  res.json({ product_category });
};

export const POST = async (
  req: AppRequest<Partial<CreateProductCategoryInput> & { additional_data?: Record<string, unknown> }>,
  res: AppResponse,
) => {
  const id = req.params.id!;
  const { additional_data, ...update } = req.validatedBody;
  // A list of ids may match nothing; the answer is then an empty one.
  await updateProductCategoriesWorkflow(req.scope).run({ input: { selector: { id: [id] }, update, additional_data } });
  await sendRecord(req, res, "product_category", "product_category", { id });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await deleteProductCategoriesWorkflow(req.scope).run({ input: [id] });
  res.json(deleted(id, "product_category"));
};
