import { defineLink } from "@medusajs/framework/utils";
import ProductModule from "@medusajs/medusa/product";
import { CMS_MODULE } from "../modules/cms";

/** A product reads its content from the content system: no table, no copy. */
export default defineLink(
  { linkable: ProductModule.linkable.product, field: "id" },
  { linkable: { serviceName: CMS_MODULE, alias: "content", primaryKey: "product_id" } },
  { readOnly: true },
);
