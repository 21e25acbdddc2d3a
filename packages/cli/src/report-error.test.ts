import { defineErrors } from "@velella/kernel";
import { expect, test } from "vitest";
import { reportError } from "./report-error";

const errors = defineErrors("test", {
  broken: { type: "invalid_data", message: (thing: string) => `The ${thing} is broken.`, hint: (thing) => `Mend the ${thing}.` },
});

function reported(error: unknown, verbose = false): string {
  let text = "";
  reportError(error, { verbose, write: (part) => (text += part) });
  return text;
}

test("a coded error is its message and what to do, without a stack", () => {
  expect(reported(errors.broken("mast"))).toBe("Error: The mast is broken.\n\nMend the mast.\n");
});

test("an unforeseen error says how to see more", () => {
  expect(reported(new TypeError("x is not a function"))).toBe(
    "Error: TypeError: x is not a function\n\nThis error is not one that was foreseen. Run the command again with --verbose to see where it comes from.\n",
  );
});

test("verbose adds the stacks of the error and its cause", () => {
  const error = errors.broken("mast");
  error.cause = new RangeError("too tall");
  const text = reported(error, true);
  expect(text).toMatch(/^ {4}at .*report-error\.test/m);
  expect(text).toContain("Caused by: RangeError: too tall");
});

test("an error that holds several names them all", () => {
  const refused = new AggregateError([new Error("connect ECONNREFUSED ::1:1"), new Error("connect ECONNREFUSED 127.0.0.1:1")]);
  expect(reported(refused)).toContain("connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1");
});
