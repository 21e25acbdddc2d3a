import { ProductStatus, toHandle } from "@medusajs/framework/utils";
import { createStep, createWorkflow, StepResponse, transform, when, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import { batchProductsWorkflow, emitEventStep, useQueryGraphStep } from "@medusajs/medusa/core-flows";
import { ERP_MODULE } from "../modules/erp";
import type ErpService from "../modules/erp/service";
import type { ErpItem } from "../modules/erp/service";

/** How a step that calls the ERP is tried again; while it waits, the workflow goes on in the background. */
export const erpRetries = { maxRetries: 4, retryInterval: Number(process.env.ERP_RETRY_SECONDS || 10) };

const listChangedItemsStep = createStep({ name: "list-changed-erp-items", pure: true, maxRetries: 2 }, async (_: void, { container }) => {
  return new StepResponse(await container.resolve<ErpService>(ERP_MODULE).listChangedItems());
});

// Named after the run, so that it can be withdrawn also when the ERP's answer never reached us.
const acknowledgeItemsStep = createStep(
  { name: "acknowledge-erp-items", ...erpRetries },
  async ({ numbers }: { numbers: string[] }, { container, runId }) => {
    await container.resolve<ErpService>(ERP_MODULE).acknowledge(runId, numbers);
    return new StepResponse(numbers);
  },
  async (_, { container, runId }) => {
    await container.resolve<ErpService>(ERP_MODULE).withdrawAcknowledgement(runId);
  },
);

/** Brings what was changed in the ERP into the catalogue, and tells the ERP that it arrived: both, or neither. */
export const syncProductsFromErpWorkflow = createWorkflow("sync-products-from-erp", () => {
  const items = listChangedItemsStep();
  const { data: known } = useQueryGraphStep({
    entity: "product",
    fields: ["id", "external_id", "variants.id"],
    filters: { external_id: transform({ items }, ({ items }) => items.map(({ number }) => number)) },
  });

  const { created, updated } = batchProductsWorkflow.runAsStep({ input: transform({ items, known }, toBatch) });

  when("items-changed", { items }, ({ items }) => items.length > 0).then(() => {
    const numbers = transform({ items }, ({ items }) => items.map(({ number }) => number));
    acknowledgeItemsStep({ numbers });
    emitEventStep({
      eventName: "erp.synced",
      data: transform({ numbers, created, updated }, ({ numbers, created, updated }) => ({
        numbers,
        created: created.length,
        updated: updated.length,
      })),
    });
  });
  return new WorkflowResponse({ created, updated });
});

interface KnownProduct {
  id: string;
  external_id: string | null;
  variants: { id: string }[];
}

/** Items by the product that has their number as `external_id`: some are new, some are known. */
function toBatch({ items, known }: { items: ErpItem[]; known: KnownProduct[] }) {
  const byNumber = new Map(known.map((product) => [product.external_id, product]));
  return {
    create: items.filter(({ number }) => !byNumber.has(number)).map(newProduct),
    update: items.flatMap((item) => {
      const product = byNumber.get(item.number);
      return product ? [changedProduct(item, product)] : [];
    }),
  };
}

function newProduct({ number, name, price }: ErpItem) {
  return {
    title: name,
    // Items may share a name, but not an address in the shop.
    handle: toHandle(`${name} ${number}`),
    external_id: number,
    status: ProductStatus.PUBLISHED,
    options: [{ title: "Unit", values: ["Piece"] }],
    variants: [{ title: "Piece", sku: number, manage_inventory: false, options: { Unit: "Piece" }, prices: [euros(price)] }],
  };
}

function changedProduct({ name, price }: ErpItem, { id, variants }: KnownProduct) {
  return { id, title: name, variants: variants.map((variant) => ({ id: variant.id, prices: [euros(price)] })) };
}

function euros(amount: number) {
  return { currency_code: "eur", amount };
}
