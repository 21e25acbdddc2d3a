import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { createProductsWorkflow } from "../../../flows/product/create-products";
import { readPage } from "../../read-records";
import { listProductConfig, retrieveProductConfig } from "./query-config";
import { productFieldsFor, productFiltersOf, readProduct, toProducts } from "./read-product";
import { toProductInput } from "./to-product-input";
import { AdminCreateProduct, AdminGetProductParams, AdminGetProductsParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetProductsParams, listProductConfig)],
  POST: [validateAndTransformBody(AdminCreateProduct), validateAndTransformQuery(AdminGetProductParams, retrieveProductConfig)],
};

export const GET = async (req: AppRequest, res: AppResponse) => {
  const { rows, ...page } = await readPage(req, "product", {
    fields: productFieldsFor(req),
    filters: productFiltersOf(req.filterableFields),
  });
  res.json({ products: await toProducts(req, rows), ...page });
};

export const POST = async (req: AppRequest<Record<string, unknown>>, res: AppResponse) => {
  const { additional_data, ...product } = req.validatedBody;
  const { result } = await createProductsWorkflow(req.scope).run({
    input: { products: [toProductInput(product)], additional_data: additional_data as Record<string, unknown> | undefined },
  });
  res.json({ product: await readProduct(req, result[0]!.id) });
};
