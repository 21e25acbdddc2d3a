import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { sendPage } from "../../../../read-records";
import { listOptionConfig } from "../../query-config";
import { AdminGetProductOptionsParams } from "../../validators";

export const middlewares = { GET: [validateAndTransformQuery(AdminGetProductOptionsParams, listOptionConfig)] };

export const GET = (req: AppRequest, res: AppResponse) =>
  sendPage(req, res, "product_option", "product_options", { filters: { ...req.filterableFields, products: { id: req.params.id! } } });
