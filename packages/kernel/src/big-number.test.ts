import { expect, test } from "vitest";
import { AppError } from "./errors";
import { BigNumber } from "./big-number";

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

test("what is no number is refused by name", () => {
  expect(() => new BigNumber("ten")).toThrow(AppError);
  expect(() => new BigNumber("ten")).toThrow('"ten" is not a number.');
});
