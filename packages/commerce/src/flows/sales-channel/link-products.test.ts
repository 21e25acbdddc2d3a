import { asValue, createContainer } from "@velella/kernel";
import { createStep, createWorkflow } from "@velella/workflows";
import { expect, test } from "vitest";
import { linkProductsToSalesChannelWorkflow } from "./link-products";

interface Pair {
  product: { product_id: string };
  sales_channel: { sales_channel_id: string };
}

/** Links in memory. */
function linksOf(...products: string[]) {
  const present = new Map<string, Pair>();
  const link = {
    list: async (pairs: Pair[]) => pairs.filter((pair) => present.has(pair.product.product_id)),
    create: async (pairs: Pair[]) => pairs.map((pair) => present.set(pair.product.product_id, pair) && pair),
    dismiss: async (pairs: Pair[]) => pairs.forEach((pair) => present.delete(pair.product.product_id)),
  };
  for (const product_id of products) present.set(product_id, { product: { product_id }, sales_channel: { sales_channel_id: "web" } });
  const container = createContainer();
  container.register({ link: asValue(link) });
  return { container, products: () => [...present.keys()].toSorted() };
}

const changesThenFails = createWorkflow("links-then-fails", (input: { id: string; add: string[]; remove: string[] }) => {
  linkProductsToSalesChannelWorkflow.runAsStep({ input });
  createStep("fails", () => {
    throw new Error("as asked");
  })();
});

test("a change of a channel's products that is undone leaves those that it sold, and no others", async () => {
  const { container, products } = linksOf("sold", "leaving");
  const input = { id: "web", add: ["sold", "new"], remove: ["leaving", "strange"] };
  const { errors } = await changesThenFails(container).run({ input, throwOnError: false });
  expect(errors.map(({ error }) => error.message)).toEqual(["as asked"]);
  expect(products()).toEqual(["leaving", "sold"]);
  await linkProductsToSalesChannelWorkflow(container).run({ input });
  expect(products()).toEqual(["new", "sold"]);
});
