import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateSalesChannelInput } from "../../../flows/sales-channel/sales-channels";
import { createSalesChannelsWorkflow } from "../../../flows/sales-channel/sales-channels";
import { sendPage, sendRecord } from "../../read-records";
import { listConfig, retrieveConfig } from "./query-config";
import { AdminCreateSalesChannel, AdminGetSalesChannelParams, AdminGetSalesChannelsParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetSalesChannelsParams, listConfig)],
  POST: [validateAndTransformBody(AdminCreateSalesChannel), validateAndTransformQuery(AdminGetSalesChannelParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) => {
  const { publishable_key_id, location_id, ...filters } = req.filterableFields;
  return sendPage(req, res, "sales_channel", "sales_channels", {
    filters: {
      ...filters,
      ...(publishable_key_id !== undefined && { publishable_api_keys: { id: publishable_key_id } }),
      ...(location_id !== undefined && { stock_locations: { id: location_id } }),
    },
  });
};

export const POST = async (req: AppRequest<CreateSalesChannelInput>, res: AppResponse) => {
  const { result } = await createSalesChannelsWorkflow(req.scope).run({ input: { salesChannelsData: [req.validatedBody] } });
  await sendRecord(req, res, "sales_channel", "sales_channel", { id: result[0]!.id });
};
