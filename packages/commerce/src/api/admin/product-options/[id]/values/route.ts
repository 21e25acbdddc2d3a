import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { sendPage } from "../../../../read-records";
import { listValuesConfig } from "../../query-config";
import { AdminGetProductOptionValuesParams } from "../../validators";

export const middlewares = { GET: [validateAndTransformQuery(AdminGetProductOptionValuesParams, listValuesConfig)] };

export const GET = (req: AppRequest, res: AppResponse) =>
  sendPage(req, res, "product_option_value", "product_option_values", { filters: { ...req.filterableFields, option_id: req.params.id! } });
