import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { removeUserAccountWorkflow } from "../../../../flows/user/remove-account";
import type { CreateUserInput } from "../../../../flows/user/users";
import { updateUsersWorkflow } from "../../../../flows/user/users";
import { deleted, sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetUserParams, AdminUpdateUser } from "../validators";

const query = validateAndTransformQuery(AdminGetUserParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateUser), query] };

const notFound = (id: string) => `User with id: ${id} was not found`;

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "user", "user", { id, notFound: notFound(id) });
};

export const POST = async (req: AppRequest<Partial<CreateUserInput>>, res: AppResponse) => {
  const id = req.params.id!;
  await updateUsersWorkflow(req.scope).run({ input: { updates: [{ ...req.validatedBody, id }] } });
  await sendRecord(req, res, "user", "user", { id, notFound: notFound(id) });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await removeUserAccountWorkflow(req.scope).run({ input: { userId: id } });
  res.json(deleted(id, "user"));
};
