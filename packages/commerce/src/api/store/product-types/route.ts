import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { sendPage } from "../../read-records";
import { listConfig } from "./query-config";
import { StoreGetProductTypesParams } from "./validators";

export const middlewares = { GET: [validateAndTransformQuery(StoreGetProductTypesParams, listConfig)] };

export const GET = (req: AppRequest, res: AppResponse) => sendPage(req, res, "product_type", "product_types");
