import { defineLink } from "@velella/framework";
import PricingModule from "../modules/pricing";
import ProductModule from "../modules/product";

/** The prices of a variant; they go with it. */
const link: ReturnType<typeof defineLink> = defineLink(
  { linkable: ProductModule.linkable.productVariant, alias: "variant", key: "variant_id", as: "variant", linkAs: "variant_link" },
  {
    linkable: PricingModule.linkable.priceSet,
    deleteCascade: true,
    as: "price_set",
    linkAs: "price_set_link",
    forwards: { prices: { path: "prices", many: true }, calculated_price: { path: "calculated_price" } },
  },
  { entryPoint: "product_variant_price_set", database: { table: "product_variant_price_set", idPrefix: "pvps" } },
);

export default link;
