import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestModule } from "../../testing/test-module";
import type { TestModule } from "../../testing/test-module";
import { PricingModuleService } from "./service";

let module: TestModule<PricingModuleService>;
let pricing: PricingModuleService;

beforeAll(async () => {
  module = await createTestModule("pricing", PricingModuleService);
  pricing = module.service;
});
afterAll(() => module.close());

const calculate = async (id: string, context: Record<string, unknown>) => (await pricing.calculatePrices({ id: [id] }, { context }))[0];

test("the price is the one of the currency, with all its digits", async () => {
  const set = await pricing.createPriceSets({
    prices: [
      { currency_code: "EUR", amount: "10.10" },
      { currency_code: "usd", amount: 12.5 },
    ],
  });
  expect(await calculate(set.id, { currency_code: "eur" })).toMatchObject({
    id: set.id,
    calculated_amount: 10.1,
    original_amount: 10.1,
    raw_calculated_amount: { value: "10.100000000000000000", precision: 20 },
    currency_code: "eur",
    is_calculated_price_price_list: false,
    calculated_price: { price_list_id: null, price_list_type: null, min_quantity: null, max_quantity: null },
  });
  expect(await calculate(set.id, { currency_code: "gbp" })).toBeUndefined();
});

test("without a currency there is nothing to calculate", async () => {
  await expect(pricing.calculatePrices({ id: ["pset_1"] }, { context: { region_id: "reg_1" } })).rejects.toMatchObject({
    type: "invalid_data",
    message: "Method calculatePrices requires currency_code in the pricing context",
  });
});

test("a price under more rules is better, and one whose rules do not match is none", async () => {
  const set = await pricing.createPriceSets({
    prices: [
      { currency_code: "eur", amount: 10 },
      { currency_code: "eur", amount: 9, rules: { region_id: "reg_1" } },
      { currency_code: "eur", amount: 8, rules: { region_id: "reg_1", "customer.groups.id": "vip" } },
    ],
  });
  const context = { currency_code: "eur", region_id: "reg_1" };
  expect((await calculate(set.id, { currency_code: "eur" }))!.calculated_amount).toBe(10);
  expect((await calculate(set.id, context))!.calculated_amount).toBe(9);
  const customer = { groups: [{ id: "new" }, { id: "vip" }] };
  expect((await calculate(set.id, { ...context, customer }))!.calculated_amount).toBe(8);
});

test("quantities choose among tiers", async () => {
  const set = await pricing.createPriceSets({
    prices: [
      { currency_code: "eur", amount: 10, max_quantity: 9 },
      { currency_code: "eur", amount: 7, min_quantity: 10 },
    ],
  });
  expect((await calculate(set.id, { currency_code: "eur" }))!.calculated_amount).toBe(10);
  expect((await calculate(set.id, { currency_code: "eur", quantity: 10 }))!.calculated_amount).toBe(7);
});

test.each([
  [
    "a sale that is cheaper",
    { type: "sale", amount: 5 },
    { calculated_amount: 5, original_amount: 10, is_original_price_price_list: false },
  ],
  [
    "a sale that is dearer",
    { type: "sale", amount: 15 },
    { calculated_amount: 10, original_amount: 10, is_calculated_price_price_list: false },
  ],
  ["an override", { type: "override", amount: 15 }, { calculated_amount: 15, original_amount: 15, is_original_price_price_list: true }],
] as const)("%s", async (_name, list, expected) => {
  const set = await pricing.createPriceSets({ prices: [{ currency_code: "eur", amount: 10 }] });
  const created = await pricing.createPriceLists({ title: "List", description: "", type: list.type, status: "active" });
  await pricing.createPrices({ price_set_id: set.id, price_list_id: created.id, currency_code: "eur", amount: list.amount });
  expect(await calculate(set.id, { currency_code: "eur" })).toMatchObject(expected);
});

test("a price list that is a draft, over, or for others counts for nothing", async () => {
  const set = await pricing.createPriceSets({ prices: [{ currency_code: "eur", amount: 10 }] });
  const lists = await pricing.createPriceLists([
    { title: "Draft", description: "" },
    { title: "Over", description: "", status: "active", ends_at: new Date(Date.now() - 1000) },
    { title: "Soon", description: "", status: "active", starts_at: new Date(Date.now() + 60_000) },
    {
      title: "Others",
      description: "",
      status: "active",
      price_list_rules: [{ attribute: "customer.groups.id", value: ["vip"] as never }],
    },
  ]);
  await pricing.createPrices(lists.map(({ id }) => ({ price_set_id: set.id, price_list_id: id, currency_code: "eur", amount: 1 })));
  expect((await calculate(set.id, { currency_code: "eur" }))!.calculated_amount).toBe(10);
  expect((await calculate(set.id, { currency_code: "eur", customer: { groups: [{ id: "vip" }] } }))!.calculated_amount).toBe(1);
});

test("a region's preference on taxes counts before its currency's", async () => {
  const set = await pricing.createPriceSets({ prices: [{ currency_code: "sek", amount: 10 }] });
  await pricing.createPricePreferences([
    { attribute: "currency_code", value: "sek", is_tax_inclusive: true },
    { attribute: "region_id", value: "reg_net", is_tax_inclusive: false },
  ]);
  expect((await calculate(set.id, { currency_code: "sek" }))!.is_calculated_price_tax_inclusive).toBe(true);
  expect((await calculate(set.id, { currency_code: "sek", region_id: "reg_net" }))!.is_calculated_price_tax_inclusive).toBe(false);
});

test("replacing prices keeps what is the same, changes what is named, and removes the rest", async () => {
  const set = await pricing.createPriceSets({
    prices: [
      { currency_code: "eur", amount: 10 },
      { currency_code: "usd", amount: 12 },
    ],
  });
  const euro = (await pricing.listPrices({ price_set_id: set.id, currency_code: "eur" }))[0]!;
  const updated = await pricing.updatePriceSets(set.id, { prices: [{ currency_code: "eur", amount: 99.99 }] });
  expect(updated).toMatchObject({ prices: [{ id: euro.id, amount: 99.99 }] });
  const added = await pricing.addPrices({
    priceSetId: set.id,
    prices: [{ currency_code: "gbp", amount: 1, rules: { region_id: "reg_1" } }],
  });
  expect(added.prices!.map(({ currency_code }) => currency_code).sort()).toEqual(["eur", "gbp"]);
});
