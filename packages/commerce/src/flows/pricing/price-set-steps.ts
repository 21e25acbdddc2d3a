import { createStep, StepResponse } from "@velella/workflows";
import type { CreatePriceSetInput, PriceRecord, PriceSetRecord, UpdatePriceSetInput } from "../../modules/pricing/types";
import { createRecordsStep } from "../records/record-steps";

/** Creates sets of prices. */
export const createPriceSetsStep = createRecordsStep<CreatePriceSetInput, PriceSetRecord>("create-price-sets", "pricing", "PriceSets");

/** Replaces the prices of sets; undone by replacing them again with the former ones. */
export const updatePriceSetsStep = createStep(
  { name: "update-price-sets", transactional: "shared" },
  async (sets: (UpdatePriceSetInput & { id: string })[], { container, context }) => {
    if (!sets.length) return new StepResponse<PriceSetRecord[], (UpdatePriceSetInput & { id: string })[]>([], []);
    const pricing = container.resolve("pricing");
    const before = await pricing.listPriceSets({ id: sets.map(({ id }) => id) }, { relations: ["prices", "prices.price_rules"] }, context);
    const updated = await pricing.upsertPriceSets(sets, context);
    return new StepResponse(
      updated,
      (before as PriceSetRecord[]).map(({ id, prices = [] }) => ({
        id,
        prices: prices.filter(({ price_list_id }) => !price_list_id).map(inputOf),
      })),
    );
  },
  async (before, { container, context }) => {
    if (before?.length) await container.resolve("pricing").upsertPriceSets(before, context);
  },
);

function inputOf({ id, title, currency_code, raw_amount, min_quantity, max_quantity, price_rules = [] }: PriceRecord) {
  const rules = Object.fromEntries(
    price_rules.filter(({ operator }) => operator === "eq").map(({ attribute, value }) => [attribute, value]),
  );
  return { id, title, currency_code, amount: raw_amount, min_quantity, max_quantity, rules };
}
