import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { refreshInviteTokensWorkflow } from "../../../../../flows/invite/invites";
import { sendRecord } from "../../../../read-records";
import { retrieveConfig } from "../../query-config";
import { AdminGetInviteParams } from "../../validators";

export const middlewares = { POST: [validateAndTransformQuery(AdminGetInviteParams, retrieveConfig)] };

export const POST = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await refreshInviteTokensWorkflow(req.scope).run({ input: { invite_ids: [id] } });
  await sendRecord(req, res, "invite", "invite", { id });
};
