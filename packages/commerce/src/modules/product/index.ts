import { Module } from "@velella/framework";
import { ProductModuleService } from "./service";

export default Module("product", { service: ProductModuleService });
export type { ProductModuleService } from "./service";
export type {
  CreateProductCategoryInput,
  CreateProductCollectionInput,
  CreateProductInput,
  CreateProductOptionInput,
  CreateProductVariantInput,
  ProductCategoryRecord,
  ProductCollectionRecord,
  ProductImageInput,
  ProductImageRecord,
  ProductOptionInput,
  ProductOptionRecord,
  ProductOptionValueRecord,
  ProductRecord,
  ProductTagRecord,
  ProductTypeRecord,
  ProductVariantRecord,
  UpdateProductInput,
  UpdateProductVariantInput,
  ValueInput,
  VariantPriceInput,
} from "./types";
