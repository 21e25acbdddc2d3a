import type { MedusaContainer } from "@medusajs/framework/types";
import { ERP_MODULE } from "../modules/erp";
import type ErpService from "../modules/erp/service";
import { syncProductsFromErpWorkflow } from "../workflows/sync-products-from-erp";

/** Every minute, unless the sync of an earlier minute still goes on: under one transaction id there is one run. */
export default async function syncProductsFromErp(container: MedusaContainer) {
  if (!container.resolve<ErpService>(ERP_MODULE).isConfigured) return;
  await syncProductsFromErpWorkflow(container).run({ context: { transactionId: "erp-sync" } });
}

export const config = { name: "sync-products-from-erp", schedule: process.env.ERP_SYNC_SCHEDULE || "* * * * *" };
