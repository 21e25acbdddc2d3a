import { silentLogger } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import { expect, test } from "vitest";
import { Payloads, visiblePayload } from "./payloads";

const payloads = (secret?: string | string[], maxBytes = 1e6, logger: Logger = silentLogger()) =>
  new Payloads({ secret, maxBytes, logger });

test.each([
  [null],
  ["text"],
  [0],
  [{ a: [1, { b: null }] }],
  [{ $velella: { as: "packed", data: "…" } }],
  [{ z: 1, $velella: 2 }],
  ["x".repeat(50_000)],
])("%j comes back as it was", (value) => {
  const text = payloads().pack(value, "It");
  expect(payloads().unpack(text)).toStrictEqual(value);
  expect(visiblePayload(text)).toStrictEqual(value);
  // As a part of a larger value, whose keys jsonb has put in another order.
  expect(payloads().open(JSON.parse(text ?? ""))).toStrictEqual(value);
});

test("nothing stays nothing", () => {
  expect(payloads().pack(undefined, "It")).toBeNull();
  expect(payloads().unpack(null)).toBeUndefined();
});

test("large values are compressed", () => {
  const value = Array.from({ length: 2000 }, (_, n) => ({ id: `item-${n}`, title: "A title that repeats" }));
  expect(payloads().pack(value, "It")?.length).toBeLessThan(JSON.stringify(value).length / 4);
});

test("what is too large is refused, and what soon may be is warned about", () => {
  expect(() => payloads(undefined, 10_000).pack("x".repeat(20_000), 'The output of step "s"')).toThrow(
    'The output of step "s" has 0.0 MB of JSON; the journal takes at most 0.0 MB for one value.',
  );
  expect(() => payloads(undefined, 10_000).pack("€".repeat(4000), "It")).toThrow("0.0 MB");
  expect(() => payloads(undefined, 10_000).pack("x".repeat(9000), "It")).not.toThrow();
  const warned: string[] = [];
  const logger = { ...silentLogger(), warn: (message: string) => void warned.push(message) } as Logger;
  payloads(undefined, 1e7, logger).pack("x".repeat(2_000_000), "The input");
  expect(warned).toStrictEqual([expect.stringContaining("The input has 1.9 MB of JSON")]);
});

test.each([
  ["small", 1],
  ["large", 30_000],
])("secret parts of a %s value are encrypted, and cannot be seen", (_name, size) => {
  const value = { card: { number: "4242424242424242", name: "n".repeat(size) }, token: { all: ["of", "it"] } };
  const text = payloads("key").pack(value, "It", [["card", "number"], ["token"], ["absent"]]) ?? "";
  expect(text).not.toContain("4242");
  expect(visiblePayload(text)).toStrictEqual({ card: { number: "[secret]", name: "n".repeat(size) }, token: "[secret]" });
  expect(payloads("key").unpack(text)).toStrictEqual(value);
  expect(payloads(["new", "key"]).unpack(text)).toStrictEqual(value);
  expect(() => payloads("other").unpack(text)).toThrow("encrypted with a secret that is none of the 1");
  // The same twice does not look the same.
  expect(payloads("key").pack(value, "It", [["card", "number"]])).not.toBe(payloads("key").pack(value, "It", [["card", "number"]]));
});

test("without a key nothing secret is kept", () => {
  expect(() => payloads().pack("secret", "It", [[]])).toThrow("has no secret to encrypt them with");
});
