import { QueryContext } from "@velella/framework";
import type { AppRequest } from "@velella/framework/http";
import { apiErrors } from "../../errors";

/**
 * The sales channels that a storefront asks for: those of its key, or the ones it names of them.
 *
 * @throws invalid_data when it names one that is not the key's, or the key has none.
 */
export function salesChannelsOf(req: AppRequest): string[] {
  const own = req.publishable_key_context?.sales_channel_ids ?? [];
  const asked = req.filterableFields.sales_channel_id as string | string[] | undefined;
  if (asked === undefined) {
    if (!own.length) throw apiErrors.keyWithoutSalesChannel();
    return own;
  }
  const named = [asked].flat();
  if (named.some((id) => !own.includes(id))) throw apiErrors.foreignSalesChannel();
  return named;
}

/**
 * What prices are calculated for, when the fields ask for them: the region of the query string with its currency, and the
 * customer who is logged in.
 *
 * @throws invalid_data without a region, or with one that is not there.
 */
export async function pricingContextOf(req: AppRequest): Promise<Record<string, unknown> | undefined> {
  if (!req.queryConfig.fields.some((field) => field.includes("calculated_price"))) return undefined;
  const region_id = req.filterableFields.region_id as string | undefined;
  if (!region_id) throw apiErrors.pricingContextMissing();
  const query = req.scope.resolve("query");
  const { data: regions } = await query.graph({ entity: "region", fields: ["id", "currency_code"], filters: { id: region_id } });
  const region = regions[0] as { currency_code: string } | undefined;
  if (!region) throw apiErrors.unknownRegion(region_id);
  return { region_id, currency_code: region.currency_code, ...(await customerContext(req)) };
}

async function customerContext(req: AppRequest): Promise<Record<string, unknown>> {
  const customer_id = req.auth_context?.actor_id;
  if (!customer_id) return {};
  const { data } = await req.scope
    .resolve("query")
    .graph({ entity: "customer", fields: ["id", "groups.id"], filters: { id: customer_id } });
  const customer = data[0] as { groups?: { id: string }[] } | undefined;
  return { customer_id, customer: { id: customer_id, groups: customer?.groups ?? [] } };
}

/** The context of a query on products. */
export async function productQueryContext(req: AppRequest): Promise<Record<string, unknown> | undefined> {
  const context = await pricingContextOf(req);
  return context && { variants: { calculated_price: QueryContext(context) } };
}

/** What of the filters is no filter: it decides the prices. */
export function withoutPricing(filters: Record<string, unknown>): Record<string, unknown> {
  const { region_id: _region, country_code: _country, province: _province, cart_id: _cart, ...rest } = filters;
  return rest;
}
