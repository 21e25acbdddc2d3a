import { generateId } from "@velella/kernel";
import { expect, test } from "vitest";
import { newRunId } from "./run-id";

test("ids are ULIDs of this moment, and differ", () => {
  const before = generateId().slice(0, 10);
  const ids = Array.from({ length: 20_000 }, newRunId);
  const after = generateId().slice(0, 10);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of [ids[0] as string, ids.at(-1) as string]) {
    expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(id.slice(0, 10) >= before).toBe(true);
    expect(id.slice(0, 10) <= after).toBe(true);
  }
});
