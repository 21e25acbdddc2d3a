import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { createInvitesWorkflow } from "../../../flows/invite/invites";
import type { InviteInput } from "../../../modules/user/service";
import { sendPage, sendRecord } from "../../read-records";
import { listConfig, retrieveConfig } from "./query-config";
import { AdminCreateInvite, AdminGetInviteParams, AdminGetInvitesParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetInvitesParams, listConfig)],
  POST: [validateAndTransformBody(AdminCreateInvite), validateAndTransformQuery(AdminGetInviteParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) => sendPage(req, res, "invite", "invites");

export const POST = async (req: AppRequest<InviteInput>, res: AppResponse) => {
  const { result } = await createInvitesWorkflow(req.scope).run({ input: { invites: [req.validatedBody] } });
  await sendRecord(req, res, "invite", "invite", { id: result[0]!.id });
};
