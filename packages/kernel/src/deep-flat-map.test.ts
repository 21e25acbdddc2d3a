import { expect, test } from "vitest";
import { deepFlatMap } from "./deep-flat-map";

test("calls back once per leaf, with the record of each part", () => {
  const data = [{ id: 1, items: [{ id: "a", taxes: [{ n: 1 }, { n: 2 }] }, { id: "b", taxes: [] }, { id: "c" }] }];
  const seen = deepFlatMap(data, "items.taxes", ({ root_, items, taxes }) => [
    (root_ as { id: number }).id,
    (items as { id: string }).id,
    (taxes as { n: number }).n,
  ]);
  expect(seen).toEqual([1, "a", 1, 1, "a", 2]);
});

test("a single record on the way counts as a list of one", () => {
  expect(deepFlatMap({ a: { b: 1 } }, "a.b", ({ b }) => b)).toEqual([1]);
});
