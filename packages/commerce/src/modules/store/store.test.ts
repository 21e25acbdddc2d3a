import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestModule } from "../../testing/test-module";
import type { TestModule } from "../../testing/test-module";
import { StoreModuleService } from "./service";

let module: TestModule<StoreModuleService>;

beforeAll(async () => {
  module = await createTestModule("store", StoreModuleService);
});
afterAll(() => module.close());

const euro = { currency_code: "EUR", is_default: true };

test("a store sells in currencies, one of which is the default", async () => {
  const stores = module.service;
  const store = await stores.createStores({ supported_currencies: [euro, { currency_code: "usd" }] });
  expect(store).toMatchObject({ name: "Medusa Store" });
  expect(store.supported_currencies.map(({ currency_code }) => currency_code).sort()).toEqual(["eur", "usd"]);
  const updated = await stores.updateStores(store.id, { name: "Shop", supported_currencies: [{ currency_code: "gbp", is_default: true }] });
  expect(updated).toMatchObject({ name: "Shop", supported_currencies: [{ currency_code: "gbp", is_default: true }] });
});

test.each([
  [[{ currency_code: "eur" }], "There should be a default currency set for the store"],
  [[euro, { currency_code: "usd", is_default: true }], "Only one default currency is allowed"],
  [[euro, { currency_code: "eur" }], "Duplicate currency codes: eur"],
])("%j is refused", async (supported_currencies, message) => {
  const store = await module.service.createStores({});
  await expect(module.service.updateStores(store.id, { supported_currencies })).rejects.toMatchObject({ type: "invalid_data", message });
  await expect(module.service.createStores({ supported_currencies })).rejects.toMatchObject({ type: "invalid_data", message });
});
