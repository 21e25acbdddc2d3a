import { asValue, createContainer, silentLogger } from "@velella/kernel";
import { expect, test } from "vitest";
import memoryProvider from "../locking/memory-provider";
import { providersLoader } from "./providers-loader";

/** The providers that a module's options make. */
async function providersOf(providers: unknown): Promise<{ id: string; isDefault: boolean }[]> {
  const container = createContainer();
  container.register({
    logger: asValue(silentLogger()),
    resolveProvider: asValue((path: string) => (path === "./empty" ? {} : undefined)),
  });
  const load = providersLoader("locking", "lockProviders", memoryProvider);
  await load({ container, options: { providers } } as never);
  return container.resolve("lockProviders");
}

test("what a module's options name is made; without any, what comes with it", async () => {
  for (const providers of [undefined, null, []]) expect(await providersOf(providers)).toMatchObject([{ id: "in-memory" }]);
  const two = [
    { resolve: memoryProvider, id: "a" },
    { resolve: memoryProvider, id: "b", is_default: true },
  ];
  expect(await providersOf(two)).toMatchObject([
    { id: "a", isDefault: false },
    { id: "b", isDefault: true },
  ]);
});

test.each<[providers: unknown, message: string]>([
  [
    [
      { resolve: memoryProvider, id: "a", is_default: true },
      { resolve: memoryProvider, id: "b", is_default: true },
    ],
    'The module "locking" has more than one default provider: "a", "b".',
  ],
  [[{ resolve: memoryProvider }, { resolve: memoryProvider }], 'The module "locking" has two providers with the id "in-memory".'],
  [{ resolve: memoryProvider }, '"providers" in the options of the module "locking" is an object; expected a list.'],
  ["locking-redis", '"providers" in the options of the module "locking" is a string; expected a list.'],
  [[{ resolve: "./empty" }], 'The provider "./empty" of the module "locking" has no default export'],
  [
    [{ resolve: "@my/locks" }],
    'The provider "@my/locks" of the module "locking" is not there: no file of the app and no package has that name.',
  ],
])("options that cannot be meant are refused: %#", async (providers, message) => {
  await expect(providersOf(providers)).rejects.toThrow(message);
});
