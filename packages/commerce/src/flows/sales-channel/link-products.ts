import type { LinkService } from "@velella/framework";
import type { SharedContext } from "@velella/kernel";
import { createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "@velella/workflows";

/** That a channel sells a product; a row of `product_sales_channel`. */
export interface ProductSalesChannelLink {
  product_id: string;
  sales_channel_id: string;
}

const linkOf = ({ product_id, sales_channel_id }: ProductSalesChannelLink) => ({
  product: { product_id },
  sales_channel: { sales_channel_id },
});

/** Those of the links that are there. */
async function presentOf(service: LinkService, links: ProductSalesChannelLink[], context: SharedContext) {
  return (await service.list(links.map(linkOf), { asLinkDefinition: true }, context)) as ReturnType<typeof linkOf>[];
}

const keyOf = ({ product, sales_channel }: ReturnType<typeof linkOf>) => `${product.product_id}:${sales_channel.sales_channel_id}`;

/** Lets channels sell products; undone by dismissing the links that are new. */
export const associateProductsWithSalesChannelsStep = createStep(
  { name: "associate-products-with-channels", transactional: "shared" },
  async ({ links }: { links: ProductSalesChannelLink[] }, { container, context }) => {
    if (!links.length) return new StepResponse<unknown[], ProductSalesChannelLink[]>([], []);
    const service = container.resolve("link");
    const before = new Set((await presentOf(service, links, context)).map(keyOf));
    const created: unknown[] = await service.create(links.map(linkOf), context);
    return new StepResponse(
      created,
      links.filter((link) => !before.has(keyOf(linkOf(link)))),
    );
  },
  async (added, { container, context }) => {
    if (added?.length) await container.resolve("link").dismiss(added.map(linkOf), context);
  },
);

/** Takes products from channels; undone by linking those again that were linked. */
export const detachProductsFromSalesChannelsStep = createStep(
  { name: "detach-products-from-sales-channels-step", transactional: "shared" },
  async ({ links }: { links: ProductSalesChannelLink[] }, { container, context }) => {
    if (!links.length) return new StepResponse(links, []);
    const service = container.resolve("link");
    const before = await presentOf(service, links, context);
    await service.dismiss(links.map(linkOf), context);
    return new StepResponse(links, before);
  },
  async (removed, { container, context }) => {
    if (removed?.length) await container.resolve("link").create(removed, context);
  },
);

/** What to add to and remove from a record, by id. */
export interface LinkWorkflowInput {
  id: string;
  add?: string[];
  remove?: string[];
}

/** Adds products to a channel, and takes others from it. */
export const linkProductsToSalesChannelWorkflow = createWorkflow("link-products-to-sales-channel", (input: LinkWorkflowInput) => {
  const links = transform({ input }, ({ input: { id, add = [], remove = [] } }) => ({
    add: { links: add.map((product_id) => ({ product_id, sales_channel_id: id })) },
    remove: { links: remove.map((product_id) => ({ product_id, sales_channel_id: id })) },
  }));
  associateProductsWithSalesChannelsStep(links.add);
  detachProductsFromSalesChannelsStep(links.remove);
  return new WorkflowResponse(undefined);
});
