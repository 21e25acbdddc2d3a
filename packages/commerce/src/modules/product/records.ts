import { modelServices, specOf } from "@velella/data";
import type { BaseRepository, ModelService } from "@velella/data";
import * as models from "./models";

/** The operations on each model of the module, without the module's own rules: `products.create(…)`. */
export interface ProductRecords {
  products: ModelService;
  variants: ModelService;
  options: ModelService;
  optionValues: ModelService;
  productOptions: ModelService;
  productOptionValues: ModelService;
  tags: ModelService;
  types: ModelService;
  collections: ModelService;
  categories: ModelService;
  images: ModelService;
  variantImages: ModelService;
}

/** Makes them for a database. */
export function productRecords(repository: BaseRepository): ProductRecords {
  const services = modelServices(
    Object.values(models).map((model) => specOf(model)),
    repository,
  );
  const of = (name: string) => services[`${name}Service`]!;
  return {
    products: of("product"),
    variants: of("productVariant"),
    options: of("productOption"),
    optionValues: of("productOptionValue"),
    productOptions: of("productProductOption"),
    productOptionValues: of("productProductOptionValue"),
    tags: of("productTag"),
    types: of("productType"),
    collections: of("productCollection"),
    categories: of("productCategory"),
    images: of("productImage"),
    variantImages: of("productVariantProductImage"),
  };
}
