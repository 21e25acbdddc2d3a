import { shown } from "../shown";
import { engineErrors } from "../errors/engine-errors";

/** What an option of something that is read has to be. */
export interface ReadCheck {
  readonly expected: string;
  holds(value: unknown): boolean;
}

/** How many: a whole number, not negative, that a database can count. */
export const isCount: ReadCheck = {
  expected: "a whole number that is not negative",
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};

/** A text that a column can hold. */
export const isText: ReadCheck = {
  expected: "a text without a NUL character",
  holds: (value) => typeof value === "string" && !value.includes("\0"),
};

/** True or false. */
export const isFlag: ReadCheck = { expected: "true or false", holds: (value) => typeof value === "boolean" };

/** Texts that columns can hold. */
export const isTexts: ReadCheck = {
  expected: "a list of texts without a NUL character",
  holds: (value) => Array.isArray(value) && value.every((item) => isText.holds(item)),
};

/** One of some texts. */
export function isOneOf(...values: readonly string[]): ReadCheck {
  return { expected: `one of ${values.join(", ")}`, holds: (value) => values.includes(value as string) };
}

/**
 * Refuses values that cannot be meant, before a statement takes them. What is undefined counts as left out.
 *
 * @param what Whose options these are, as `jobs.history()`.
 * @throws `engine.bad_read_option` with the name of the option
 */
export function checkRead<T extends object>(what: string, options: T, checks: { readonly [Name in keyof Required<T>]: ReadCheck }): void {
  for (const [name, check] of Object.entries<ReadCheck>(checks)) {
    const value: unknown = options[name as keyof T];
    if (value !== undefined && !check.holds(value)) throw engineErrors.badReadOption(what, name, check.expected, shown(value));
  }
}
