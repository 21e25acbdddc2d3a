import { QueryContext } from "@velella/framework";
import type { AppRequest, AppResponse } from "@velella/framework/http";
import { authenticate, validateAndTransformQuery } from "@velella/framework/http";
import { sendPage } from "../../read-records";
import { pricingContextOf, salesChannelsOf, withoutPricing } from "../products/store-context";
import { listConfig } from "./query-config";
import { StoreProductVariantListParams } from "./validators";

export const middlewares = {
  GET: [
    authenticate("customer", ["session", "bearer"], { allowUnauthenticated: true }),
    validateAndTransformQuery(StoreProductVariantListParams, listConfig),
  ],
};

export const GET = async (req: AppRequest, res: AppResponse) => {
  const product = { status: "published", sales_channels_link: { sales_channel_id: salesChannelsOf(req) } };
  const { sales_channel_id: _channels, ...filters } = withoutPricing(req.filterableFields);
  const context = await pricingContextOf(req);
  await sendPage(req, res, "product_variant", "variants", {
    filters: { ...filters, product },
    context: context && { calculated_price: QueryContext(context) },
  });
};
