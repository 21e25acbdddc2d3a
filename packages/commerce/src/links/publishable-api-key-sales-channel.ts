import { defineLink } from "@velella/framework";
import ApiKeyModule from "../modules/api-key";
import SalesChannelModule from "../modules/sales-channel";

/** The channels that a storefront with a publishable key may show. */
const link: ReturnType<typeof defineLink> = defineLink(
  {
    linkable: ApiKeyModule.linkable.apiKey,
    isList: true,
    key: "publishable_key_id",
    as: "publishable_api_keys",
    linkAs: "api_keys_link",
  },
  { linkable: SalesChannelModule.linkable.salesChannel, isList: true, as: "sales_channels", linkAs: "sales_channels_link" },
  { entryPoint: "publishable_api_key_sales_channel", database: { table: "publishable_api_key_sales_channel", idPrefix: "pksc" } },
);

export default link;
