import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateSalesChannelInput } from "../../../../flows/sales-channel/sales-channels";
import { deleteSalesChannelsWorkflow, updateSalesChannelsWorkflow } from "../../../../flows/sales-channel/sales-channels";
import { deleted, sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetSalesChannelParams, AdminUpdateSalesChannel } from "../validators";

const query = validateAndTransformQuery(AdminGetSalesChannelParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateSalesChannel), query] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "sales_channel", "sales_channel", { id, notFound: `Sales channel with id: ${id} not found` });
};

export const POST = async (req: AppRequest<Partial<CreateSalesChannelInput>>, res: AppResponse) => {
  const id = req.params.id!;
  await updateSalesChannelsWorkflow(req.scope).run({ input: { selector: { id }, update: req.validatedBody } });
  await sendRecord(req, res, "sales_channel", "sales_channel", { id });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await deleteSalesChannelsWorkflow(req.scope).run({ input: { ids: [id] } });
  res.json(deleted(id, "sales-channel"));
};
