import { defineLink } from "@velella/framework";
import ProductModule from "../modules/product";
import SalesChannelModule from "../modules/sales-channel";

/** Which channels sell a product. */
const link: ReturnType<typeof defineLink> = defineLink(
  { linkable: ProductModule.linkable.product, isList: true, as: null, linkAs: "products_link" },
  { linkable: SalesChannelModule.linkable.salesChannel, isList: true, as: "sales_channels", linkAs: "sales_channels_link" },
  { entryPoint: "product_sales_channel", database: { table: "product_sales_channel", idPrefix: "prodsc" } },
);

export default link;
