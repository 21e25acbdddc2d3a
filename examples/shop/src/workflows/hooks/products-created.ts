import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils";
import { StepResponse } from "@medusajs/framework/workflows-sdk";
import { createProductsWorkflow } from "@medusajs/medusa/core-flows";
import { BRAND_MODULE } from "../../modules/brand";
import type BrandModuleService from "../../modules/brand/service";

/** Links new products to the brand given as `additional_data.brand_id`. */
createProductsWorkflow.hooks.productsCreated(
  async ({ products, additional_data }, { container }) => {
    const brand_id = additional_data?.brand_id as string | undefined;
    if (!brand_id) return new StepResponse([], []);
    // An unknown brand fails here, and with it the whole creation.
    await container.resolve<BrandModuleService>(BRAND_MODULE).retrieveBrand(brand_id);
    const links = products.map(({ id }) => ({ [Modules.PRODUCT]: { product_id: id }, [BRAND_MODULE]: { brand_id } }));
    await container.resolve(ContainerRegistrationKeys.LINK).create(links);
    return new StepResponse(links, links);
  },
  async (links, { container }) => {
    if (links?.length) await container.resolve(ContainerRegistrationKeys.LINK).dismiss(links);
  },
);
