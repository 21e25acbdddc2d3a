import { composeErrors } from "../errors/workflow-errors";
import { shown } from "../shown";

/** Says what a value of an option has to be, and whether one is. */
export interface OptionCheck {
  readonly expected: string;
  holds(value: unknown): boolean;
}

/** The options that something takes, by name. */
export type OptionChecks = Readonly<Record<string, OptionCheck>>;

const isNumber = (value: unknown): value is number => typeof value === "number";

/** A hundred years: far from what dates can hold, of the database and of JavaScript. */
const mostSeconds = 3_155_760_000;

/** Seconds: a number, not negative, and no more than {@link mostSeconds}. */
export const seconds: OptionCheck = {
  expected: `a number of seconds that is not negative, and no more than ${mostSeconds} (a hundred years)`,
  holds: (value) => isNumber(value) && value >= 0 && value <= mostSeconds,
};

/** How often: a whole number, not negative, or Infinity. */
export const times: OptionCheck = {
  expected: "a whole number that is not negative",
  holds: (value) => isNumber(value) && value >= 0 && (Number.isInteger(value) || value === Infinity),
};

export const flag: OptionCheck = { expected: "true or false", holds: (value) => typeof value === "boolean" };

export const func: OptionCheck = { expected: "a function", holds: (value) => typeof value === "function" };

/** One of some values. */
export function oneOf(...values: readonly unknown[]): OptionCheck {
  return { expected: values.map((value) => JSON.stringify(value)).join(" or "), holds: (value) => values.includes(value) };
}

/**
 * Refuses options that are not known, and values that cannot be meant. What is undefined counts as left out.
 *
 * @param what Whose options these are, as the message begins.
 * @throws `workflow.unknown_option`, `workflow.bad_option`
 */
export function checkOptions(what: string, options: object, checks: OptionChecks): void {
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) throw composeErrors.unknownOption(what, name, Object.keys(checks));
    if (value !== undefined && !check.holds(value)) throw composeErrors.badOption(what, name, check.expected, shown(value));
  }
}
