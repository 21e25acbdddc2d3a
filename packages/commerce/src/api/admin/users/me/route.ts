import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetUserParams } from "../validators";

export const middlewares = { GET: [validateAndTransformQuery(AdminGetUserParams, retrieveConfig)] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.auth_context!.actor_id;
  return sendRecord(req, res, "user", "user", { id, notFound: `User with id: ${id} was not found` });
};
