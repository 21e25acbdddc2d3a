import { isMisspelt } from "@velella/kernel";
import { composeErrors } from "../errors/workflow-errors";
import { shown } from "../shown";
import { isName, nameExpected, namesExpected } from "./kept-text";

/** Says what a value of an option has to be, and whether one is. */
export interface OptionCheck {
  /** What is right, as the message goes on after "expected". */
  readonly expected: string;
  /** Whether it may not be left out. */
  readonly isRequired?: boolean;
  /** Whether a value is right; not asked of undefined, which counts as left out. */
  holds(value: unknown): boolean;
}

/** The options that something takes, by name. */
export type OptionChecks<T extends object = Record<string, unknown>> = { readonly [Name in keyof Required<T>]: OptionCheck };

/** The errors of those whose options are checked. */
export interface OptionErrors {
  /** A value that cannot be meant. */
  badOption(what: string, option: string, expected: string, got: string): Error;
  /** A name that is not known. */
  unknownOption(what: string, option: string, known: readonly string[]): Error;
}

const isNumber = (value: unknown): value is number => typeof value === "number";
const isText = (value: unknown): value is string => typeof value === "string" && !value.includes("\0");

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

/** How many: a whole number, not negative, that a database can count. */
export const count: OptionCheck = {
  expected: "a whole number that is not negative",
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};

/** A whole number from one to a limit, that of an integer of the database by default. */
export const wholeFromOne = (most = 2_147_483_647): OptionCheck => ({
  expected: `a whole number from 1 to ${most}`,
  holds: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most,
});

/** True or false. */
export const flag: OptionCheck = { expected: "true or false", holds: (value) => typeof value === "boolean" };

/** A function. */
export const func: OptionCheck = { expected: "a function", holds: (value) => typeof value === "function" };

/** A text that a column can hold. */
export const text: OptionCheck = { expected: "a text without a NUL character", holds: isText };

/** A name that stands in an index of the database. */
export const name: OptionCheck = { expected: nameExpected, holds: isName };

/** Some of them. */
export const names: OptionCheck = {
  expected: namesExpected,
  holds: (value) => Array.isArray(value) && value.every(isName),
};

/** Texts that columns can hold. */
export const texts: OptionCheck = {
  expected: "a list of texts without a NUL character",
  holds: (value) => Array.isArray(value) && value.every(isText),
};

/** One of some values. */
export function oneOf(...values: readonly unknown[]): OptionCheck {
  return { expected: values.map((value) => JSON.stringify(value)).join(" or "), holds: (value) => values.includes(value) };
}

/** An object with some methods. */
export function having(what: string, ...methods: readonly string[]): OptionCheck {
  return {
    expected: what,
    holds: (value) =>
      typeof value === "object" &&
      value !== null &&
      methods.every((method) => typeof (value as Record<string, unknown>)[method] === "function"),
  };
}

/** The check of an option that may not be left out. */
export const required = (check: OptionCheck): OptionCheck => ({ ...check, isRequired: true });

/** The check of an option for which null counts as left out, too. */
export const nullable = (check: OptionCheck): OptionCheck => ({ ...check, holds: (value) => value === null || check.holds(value) });

/**
 * Refuses options that are not known, and values that cannot be meant. What is undefined counts as left out.
 *
 * @param what Whose options these are, as the message begins.
 * @throws `workflow.unknown_option`, `workflow.bad_option`, or what `errors` makes instead
 */
export function checkOptions(what: string, options: object, checks: OptionChecks, errors: OptionErrors = composeErrors): void {
  for (const option of Object.keys(options)) {
    if (!Object.hasOwn(checks, option)) throw errors.unknownOption(what, option, Object.keys(checks));
  }
  checkValues(what, options, checks, errors);
}

/**
 * {@link checkOptions} where others may have options of their own: of those that are not known only the ones are refused that
 * must be a known one, misspelt.
 */
export function checkKnownOptions(what: string, options: object, checks: OptionChecks, errors: OptionErrors): void {
  const known = Object.keys(checks);
  for (const option of Object.keys(options)) {
    if (!Object.hasOwn(checks, option) && isMisspelt(option, known)) throw errors.unknownOption(what, option, known);
  }
  checkValues(what, options, checks, errors);
}

function checkValues(what: string, options: object, checks: OptionChecks, errors: OptionErrors): void {
  for (const [option, check] of Object.entries(checks)) {
    const value = (options as Record<string, unknown>)[option];
    if (value === undefined ? check.isRequired : !check.holds(value)) throw errors.badOption(what, option, check.expected, shown(value));
  }
}
