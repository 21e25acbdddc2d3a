import { AppError } from "@velella/kernel";
import { expect, test } from "vitest";
import { toErrorAnswer } from "./error-handler";

const masked = { code: "unknown_error", type: "unknown_error", message: "An unknown error occurred." };

test.each([
  ["invalid_data", 400, { type: "invalid_data", message: "m" }],
  ["not_allowed", 400, { type: "not_allowed", message: "m" }],
  ["unauthorized", 401, { type: "unauthorized", message: "m" }],
  ["forbidden", 403, { type: "forbidden", message: "m" }],
  ["not_found", 404, { type: "not_found", message: "m" }],
  [
    "conflict",
    409,
    {
      code: "invalid_state_error",
      type: "conflict",
      message: "The request conflicted with another request. You may retry the request with the provided Idempotency-Key.",
    },
  ],
  ["duplicate_error", 422, { code: "invalid_request_error", type: "duplicate_error", message: "m" }],
  ["payment_authorization_error", 422, { type: "payment_authorization_error", message: "m" }],
  ["database_error", 500, { code: "api_error", type: "database_error", message: "m" }],
  ["invalid_argument", 500, { type: "invalid_argument", message: "m" }],
  ["unexpected_state", 500, { type: "unexpected_state", message: "m" }],
  ["unknown_modules", 500, masked],
  ["payment_requires_more_error", 500, masked],
  ["made_up", 500, masked],
])("%s is answered with %i", (type, status, body) => {
  expect(toErrorAnswer(new AppError(type, "m"))).toEqual({ status, body });
});

test("the plain copies that workflows rethrow are answered like the errors", () => {
  const copy: unknown = JSON.parse(
    JSON.stringify(Object.assign({ message: "refused" }, new AppError("not_allowed", "refused", "my_code"))),
  );
  expect(copy).not.toBeInstanceOf(Error);
  expect(toErrorAnswer(copy)).toEqual({ status: 400, body: { code: "my_code", type: "not_allowed", message: "refused" } });
});

test("everything else is masked", () => {
  for (const thrown of [
    new Error("secret"),
    "secret",
    undefined,
    null,
    7,
    { message: "secret", status: 404 },
    { type: "toString", message: "secret" },
  ]) {
    expect(toErrorAnswer(thrown)).toEqual({ status: 500, body: masked });
  }
});
