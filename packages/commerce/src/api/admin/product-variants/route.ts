import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { readPage } from "../../read-records";
import { listAllVariantsConfig } from "../products/query-config";
import { toVariant, variantFieldsFor } from "../products/read-product";
import { AdminGetProductVariantsParams } from "../products/validators";

export const middlewares = { GET: [validateAndTransformQuery(AdminGetProductVariantsParams, listAllVariantsConfig)] };

export const GET = async (req: AppRequest, res: AppResponse) => {
  const { rows, ...page } = await readPage(req, "product_variant", { fields: variantFieldsFor(req) });
  res.json({ variants: rows.map(toVariant), ...page });
};
