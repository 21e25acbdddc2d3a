import type { ExecArgs } from "@medusajs/framework/types";
import { ContainerRegistrationKeys, Modules, ProductStatus } from "@medusajs/framework/utils";
import {
  createApiKeysWorkflow,
  createProductsWorkflow,
  createRegionsWorkflow,
  createSalesChannelsWorkflow,
  linkSalesChannelsToApiKeyWorkflow,
} from "@medusajs/medusa/core-flows";
import { BRAND_MODULE } from "../modules/brand";
import type BrandModuleService from "../modules/brand/service";
import { createReviewWorkflow } from "../workflows/create-review";

/** A small catalogue, with the keys to look at it. Running it twice changes nothing. */
export default async function seed({ container }: ExecArgs) {
  const logger = container.resolve(ContainerRegistrationKeys.LOGGER);
  const query = container.resolve(ContainerRegistrationKeys.QUERY);
  const { data: existing } = await query.graph({ entity: "brand", fields: ["id"] });
  if (existing.length) return void logger.info("The catalogue is already there.");

  const { result: channels } = await createSalesChannelsWorkflow(container).run({
    input: { salesChannelsData: [{ name: "Web shop", description: "The storefront" }] },
  });
  const channel = channels[0];
  const { result: keys } = await createApiKeysWorkflow(container).run({
    input: { api_keys: [{ title: "Storefront", type: "publishable", created_by: "seed" }] },
  });
  await linkSalesChannelsToApiKeyWorkflow(container).run({ input: { id: keys[0].id, add: [channel.id] } });
  await createRegionsWorkflow(container).run({
    input: { regions: [{ name: "Europe", currency_code: "eur", countries: ["de", "fr", "it"] }] },
  });

  const brand = await container.resolve<BrandModuleService>(BRAND_MODULE).createBrands({ name: "By-the-wind", handle: "by-the-wind" });
  const { result: products } = await createProductsWorkflow(container).run({
    input: {
      products: [product("Sail", 49, ["S", "M", "L"], channel.id), product("Tentacle lamp", 89, ["blue", "violet"], channel.id)],
      additional_data: { brand_id: brand.id },
    },
  });
  for (const { id } of products) {
    await createReviewWorkflow(container).run({ input: { product_id: id, author: "Ada", text: "Floats as promised.", rating: 5 } });
  }
  await container.resolve(Modules.NOTIFICATION).createNotifications({
    to: "team@shop.test",
    channel: "email",
    template: "catalogue-seeded",
    data: { products: products.length },
  });
  logger.info(`Seeded ${products.length} products of the brand ${brand.name}.`);
}

function product(title: string, amount: number, sizes: string[], channelId: string) {
  return {
    title,
    status: ProductStatus.PUBLISHED,
    options: [{ title: "Variant", values: sizes }],
    variants: sizes.map((size) => ({
      title: size,
      sku: `${title}-${size}`.toUpperCase().replace(/\s+/g, "-"),
      manage_inventory: false,
      options: { Variant: size },
      prices: [{ currency_code: "eur", amount }],
    })),
    sales_channels: [{ id: channelId }],
  };
}
