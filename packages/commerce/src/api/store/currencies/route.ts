import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { StoreGetCurrenciesParams } from "../../admin/currencies/validators";
import { sendPage } from "../../read-records";
import { listConfig } from "./query-config";

export const middlewares = { GET: [validateAndTransformQuery(StoreGetCurrenciesParams, listConfig)] };

export const GET = (req: AppRequest, res: AppResponse) => sendPage(req, res, "currency", "currencies");
