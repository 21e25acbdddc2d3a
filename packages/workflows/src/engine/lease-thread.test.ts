import { silentLogger } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownSchema } from "../testing/own-schema";
import { testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

test("where the program of the thread is not beside the code, as in bundles, that is said once", async () => {
  const warned: string[] = [];
  const logger = { ...silentLogger(), warn: (message: string) => void warned.push(message) } as Logger;
  const { engine, another } = await ownSchema(tests, () => ({ logger, leaseConnection: { connectionString: tests.url } }));
  await engine.start();
  await another().start();
  expect(warned).toStrictEqual([
    expect.stringMatching(
      /^"leaseConnection" is without effect: .*\/engine\/lease-worker\.js\. Leave @velella\/workflows out of the bundle/,
    ),
  ]);
});
