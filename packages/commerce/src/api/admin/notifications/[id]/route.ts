import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetNotificationParams } from "../validators";

export const middlewares = { GET: [validateAndTransformQuery(AdminGetNotificationParams, retrieveConfig)] };

export const GET = (req: AppRequest, res: AppResponse) => sendRecord(req, res, "notification", "notification", { id: req.params.id! });
