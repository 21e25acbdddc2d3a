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

/** Lets channels sell products; undone by dismissing the links. */
export const associateProductsWithSalesChannelsStep = createStep(
  { name: "associate-products-with-channels", transactional: "shared" },
  async ({ links }: { links: ProductSalesChannelLink[] }, { container, context }) => {
    if (!links.length) return new StepResponse<unknown[], ProductSalesChannelLink[]>([], []);
    const created: unknown[] = await container.resolve("link").create(links.map(linkOf), context);
    return new StepResponse(created, links);
  },
  async (links, { container, context }) => {
    if (links?.length) await container.resolve("link").dismiss(links.map(linkOf), context);
  },
);

/** Takes products from channels; undone by linking them again. */
export const detachProductsFromSalesChannelsStep = createStep(
  { name: "detach-products-from-sales-channels-step", transactional: "shared" },
  async ({ links }: { links: ProductSalesChannelLink[] }, { container, context }) => {
    if (links.length) await container.resolve("link").dismiss(links.map(linkOf), context);
    return new StepResponse(links, links);
  },
  async (links, { container, context }) => {
    if (links?.length) await container.resolve("link").create(links.map(linkOf), context);
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
