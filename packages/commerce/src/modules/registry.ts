import { join } from "node:path";
import type { DefaultModule, GraphNaming } from "@velella/framework";
import { calculatedPriceJoin } from "./pricing/calculated-price-join";

/** A module of the commerce layer: how apps get it, and how its models appear in `query.graph`. */
export interface CoreModule extends DefaultModule {
  /** Folder in `modules/`, and the last part of the names under which apps import it: `@velella/commerce/product`. */
  folder: string;
  graph: GraphNaming;
}

const core = (folder: string, load: () => unknown, graph: GraphNaming, options?: Record<string, unknown>): CoreModule => ({
  folder,
  load,
  graph,
  directory: join(__dirname, folder),
  ...(options && { options }),
});

/** Names of a model beside its own. */
const aliases = (names: Record<string, string>): GraphNaming => ({ aliases: names });

/** The modules that every app has, by key in the container. Each is loaded when it is needed. */
export const coreModules: Readonly<Record<string, CoreModule>> = {
  product: core("product", () => require("./product"), aliases({ variant: "ProductVariant", variants: "ProductVariant" })),
  pricing: core("pricing", () => require("./pricing"), { joins: [calculatedPriceJoin] }),
  customer: core("customer", () => require("./customer"), {}),
  sales_channel: core("sales-channel", () => require("./sales-channel"), {}),
  region: core("region", () => require("./region"), {}),
  api_key: core("api-key", () => require("./api-key"), {}),
  store: core("store", () => require("./store"), {}),
  currency: core("currency", () => require("./currency"), {}),
  auth: core("auth", () => require("./auth"), {}, { providers: [{ resolve: "@velella/commerce/auth-emailpass", id: "emailpass" }] }),
  user: core("user", () => require("./user"), {}),
  notification: core(
    "notification",
    () => require("./notification"),
    {},
    {
      providers: [
        {
          resolve: "@velella/commerce/notification-local",
          id: "local",
          options: { name: "Local Notification Provider", channels: ["feed"] },
        },
      ],
    },
  ),
};
