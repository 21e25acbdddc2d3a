import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { deleteInvitesWorkflow } from "../../../../flows/invite/invites";
import { deleted, sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetInviteParams } from "../validators";

export const middlewares = { GET: [validateAndTransformQuery(AdminGetInviteParams, retrieveConfig)] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "invite", "invite", { id, notFound: `Invite with id: ${id} was not found` });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await deleteInvitesWorkflow(req.scope).run({ input: { ids: [id] } });
  res.json(deleted(id, "invite"));
};
