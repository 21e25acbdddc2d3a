import { QueryContext } from "@velella/framework";
import type { AppRequest, AppResponse } from "@velella/framework/http";
import { authenticate, validateAndTransformQuery } from "@velella/framework/http";
import { sendRecord } from "../../../read-records";
import { pricingContextOf, salesChannelsOf } from "../../products/store-context";
import { retrieveConfig } from "../query-config";
import { StoreProductVariantParams } from "../validators";

export const middlewares = {
  GET: [
    authenticate("customer", ["session", "bearer"], { allowUnauthenticated: true }),
    validateAndTransformQuery(StoreProductVariantParams, retrieveConfig),
  ],
};

export const GET = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  const product = { status: "published", sales_channels_link: { sales_channel_id: salesChannelsOf(req) } };
  const context = await pricingContextOf(req);
  await sendRecord(req, res, "product_variant", "variant", {
    filters: { id, product },
    context: context && { calculated_price: QueryContext(context) },
    notFound: `Product variant with id: ${id} was not found`,
  });
};
