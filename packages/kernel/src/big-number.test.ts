import type Decimal from "bignumber.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "./errors";
import { BigNumber } from "./big-number";
import type { BigNumberRaw } from "./big-number";

test("text keeps every digit", () => {
  const value = "123456789012345678901234567890.123456789";
  expect(new BigNumber(value).raw).toEqual({ value, precision: 20 });
  expect(new BigNumber(value).toString()).toBe(value);
});

test("as JSON a number, in text all digits", () => {
  expect(JSON.stringify({ amount: new BigNumber("10.10") })).toBe('{"amount":10.1}');
  expect(new BigNumber("10.10").raw).toEqual({ value: "10.100000000000000000", precision: 20 });
  expect(new BigNumber(9.99).raw).toEqual({ value: "9.99", precision: 20 });
  expect(`${new BigNumber({ value: "0.1" })}`).toBe("0.1");
});

test("the value of an object is kept as text", () => {
  expect(new BigNumber({ value: 10 }).raw).toEqual({ value: "10", precision: 20 });
  expect(new BigNumber({ value: 1e21, precision: 30 }).raw).toEqual({ value: "1000000000000000000000", precision: 30 });
  expect(new BigNumber({ value: "0.10", unit: "kg" }).raw).toEqual({ value: "0.10", unit: "kg", precision: 20 });
  expect(new BigNumber(new BigNumber({ value: 10 })).raw).toEqual({ value: "10", precision: 20 });
});

/** A decimal as whole digits and a power of ten, read without the library that is tested. */
function rational(text: string): [digits: bigint, scale: number] {
  const [, sign, whole, fraction = "", exponent = "0"] = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) as unknown as string[];
  const digits = BigInt(`${whole}${fraction}` || "0") * (sign === "-" ? -1n : 1n);
  return [digits, (fraction as string).length - Number(exponent)];
}

function isSame(a: string, b: string): boolean {
  const [[x, scaleX], [y, scaleY]] = [rational(a), rational(b)];
  const scale = Math.max(scaleX, scaleY, 0);
  return x * 10n ** BigInt(scale - scaleX) === y * 10n ** BigInt(scale - scaleY);
}

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 80n), max: 10n ** 80n }), fc.integer({ min: -60, max: 60 }))
  .map(([digits, exponent]) => `${digits}e${exponent}`);

test("no digit is lost, in whatever form a number is given", () => {
  fc.assert(
    fc.property(decimals, (text) => {
      const number = new BigNumber(text);
      expect(isSame(number.toString(), text)).toBe(true);
      expect(isSame(String(number.raw?.value), text)).toBe(true);
      for (const again of [number, number.raw as BigNumberRaw, number.bigNumber as Decimal, number.toString()])
        expect(isSame(new BigNumber(again).toString(), text)).toBe(true);
      expect(number.numeric).toBe(Number(text));
    }),
  );
});

test("a JavaScript number is what it prints as, and comes back as itself", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      for (const number of [new BigNumber(value), new BigNumber({ value })]) {
        expect(isSame(number.toString(), String(value))).toBe(true);
        expect(isSame(String(number.raw?.value), String(value))).toBe(true);
        expect(number.numeric === value).toBe(true);
      }
    }),
  );
});

test("what is no number is refused by name", () => {
  expect(() => new BigNumber("ten")).toThrow(AppError);
  expect(() => new BigNumber("ten")).toThrow('"ten" is not a number.');
});
