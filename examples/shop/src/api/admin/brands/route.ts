import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import { BRAND_MODULE } from "../../../modules/brand";
import type BrandModuleService from "../../../modules/brand/service";
import type { CreateBrand } from "../../validators";

export const GET = async (req: AuthenticatedMedusaRequest, res: MedusaResponse) => {
  const query = req.scope.resolve("query");
  const { data, metadata } = await query.graph({
    entity: "brand",
    fields: ["*", "products.id", "products.title"],
    pagination: { take: 50, skip: 0 },
  });
  res.json({ brands: data, count: metadata?.count });
};

export const POST = async (req: AuthenticatedMedusaRequest<CreateBrand>, res: MedusaResponse) => {
  const brand = await req.scope.resolve<BrandModuleService>(BRAND_MODULE).createBrands(req.validatedBody);
  res.status(201).json({ brand });
};
