import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { promiseAll } from "./promise-all";

test("gives all values", async () => {
  expect(await promiseAll([1, Promise.resolve("a")])).toEqual([1, "a"]);
});

test("waits for everything, then rejects with the first failure", async () => {
  let finished = false;
  const slow = sleep(30).then(() => (finished = true));
  await expect(promiseAll([Promise.reject(new TypeError("first")), slow])).rejects.toThrow("first");
  expect(finished).toBe(true);
});

test("joins all messages when asked", async () => {
  await expect(
    promiseAll([Promise.reject(new TypeError("a")), Promise.reject(new TypeError("b"))], { aggregateErrors: true }),
  ).rejects.toThrow("a\nb");
});
