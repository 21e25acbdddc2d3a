import { asValue, createContainer } from "@velella/kernel";
import { createStep, createWorkflow } from "@velella/workflows";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CustomerModuleService } from "../../modules/customer/service";
import { createTestModule } from "../../testing/test-module";
import type { TestModule } from "../../testing/test-module";
import { linkCustomersToCustomerGroupWorkflow } from "./customer-groups";

let module: TestModule<CustomerModuleService>;
beforeAll(async () => {
  module = await createTestModule("customer", CustomerModuleService);
});
afterAll(() => module.close());

const changesThenFails = createWorkflow("changes-then-fails", (input: { id: string; add: string[]; remove: string[] }) => {
  linkCustomersToCustomerGroupWorkflow.runAsStep({ input });
  createStep("fails", () => {
    throw new Error("as asked");
  })();
});

test("a change of members that is undone leaves in the group who was in it, and out of it who was not", async () => {
  const customers = module.service;
  const [member, newcomer, leaver, stranger] = await customers.createCustomers(["a", "b", "c", "d"].map((name) => ({ first_name: name })));
  const group = await customers.createCustomerGroups({ name: "VIP" });
  await customers.addCustomerToGroup([member, leaver].map((one) => ({ customer_id: one!.id, customer_group_id: group.id })));
  const members = async () =>
    (await customers.listCustomers({ groups: { id: group.id } }, { order: { first_name: "ASC" } })).map(({ first_name }) => first_name);
  const change = { id: group.id, add: [member!.id, newcomer!.id], remove: [leaver!.id, stranger!.id] };
  const container = createContainer();
  container.register({ customer: asValue(customers) });

  const { errors } = await changesThenFails(container).run({ input: change, throwOnError: false });
  expect(errors.map(({ error }) => error.message)).toEqual(["as asked"]);
  expect(await members()).toEqual(["a", "c"]);
  await linkCustomersToCustomerGroupWorkflow(container).run({ input: change });
  expect(await members()).toEqual(["a", "b"]);
});
