import { expect, test } from "vitest";
import { AppError, defineErrors } from "./errors";

const errors = defineErrors("shelf", {
  tooHigh: {
    type: "invalid_data",
    message: (height: number) => `The shelf is ${height} cm high; at most 200 are allowed.`,
    hint: (height) => `Take ${height - 200} cm off.`,
  },
});

test("an error carries type, reason, message and hint", () => {
  const error = errors.tooHigh(210);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ type: "invalid_data", reason: "shelf.too_high", hint: "Take 10 cm off." });
  expect(error.message).toBe("The shelf is 210 cm high; at most 200 are allowed.");
  expect(error.code).toBeUndefined();
});

test("a JSON copy is still recognised", () => {
  expect(AppError.isAppError(JSON.parse(JSON.stringify(errors.tooHigh(210))))).toBe(true);
  expect(AppError.isAppError(new TypeError("x"))).toBe(false);
});
