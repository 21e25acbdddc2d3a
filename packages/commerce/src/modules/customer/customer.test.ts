import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestModule } from "../../testing/test-module";
import type { TestModule } from "../../testing/test-module";
import { CustomerModuleService } from "./service";

let module: TestModule<CustomerModuleService>;
let customers: CustomerModuleService;

beforeAll(async () => {
  module = await createTestModule("customer", CustomerModuleService);
  customers = module.service;
});
afterAll(() => module.close());

test("a guest and an account may share an e-mail address, but no two of a kind", async () => {
  await customers.createCustomers([{ email: "ann@test.dev" }, { email: "ann@test.dev", has_account: true }]);
  await expect(customers.createCustomers({ email: "ann@test.dev" })).rejects.toMatchObject({ type: "invalid_data" });
});

test("customers are in groups, each once", async () => {
  const [ann, bob] = await customers.createCustomers([{ email: "a@test.dev" }, { email: "b@test.dev" }]);
  const group = await customers.createCustomerGroups({ name: "VIP" });
  const pair = (id: string) => ({ customer_id: id, customer_group_id: group.id });
  const first = await customers.addCustomerToGroup(pair(ann!.id));
  const [again, other] = await customers.addCustomerToGroup([pair(ann!.id), pair(bob!.id)]);
  expect(again!.id).toBe(first.id);
  expect(other!.id).not.toBe(first.id);
  const members = await customers.listCustomers({ groups: { id: group.id } }, { order: { email: "ASC" } });
  expect(members.map(({ email }) => email)).toEqual(["a@test.dev", "b@test.dev"]);
  await customers.removeCustomerFromGroup(pair(ann!.id));
  expect(await customers.listCustomers({ groups: { id: group.id } })).toHaveLength(1);
  await expect(customers.addCustomerToGroup(pair("cus_none"))).rejects.toMatchObject({
    type: "not_found",
    message: "You tried to set relationship customer_id: cus_none, but such entity does not exist",
  });
});

test("metadata is merged, for one by id, for those that a selector matches, and for several by ids", async () => {
  const [ann, bob] = await customers.createCustomers([{ first_name: "Ann", metadata: { a: 1 } }, { first_name: "Bob" }]);
  expect((await customers.updateCustomers(ann!.id, { metadata: { b: 2 } })).metadata).toEqual({ a: 1, b: 2 });
  const selected = await customers.updateCustomers({ first_name: "Ann" }, { metadata: { a: "" } });
  expect(selected.map(({ metadata }) => metadata)).toEqual([{ b: 2 }]);
  const several = await customers.updateCustomers([ann!.id, bob!.id], { phone: "1" });
  expect(several.map(({ phone }) => phone)).toEqual(["1", "1"]);
});
