import { func } from "./option-checks";
import type { OptionCheck } from "./option-checks";

/** A schema as zod makes it: `parse` returns the value or throws. */
export interface ResultSchema<T = unknown> {
  parse(value: unknown): T;
}

/** How a hook treats what its handlers return. */
export interface HookOptions<T = unknown> {
  /** Checks what the handlers return; a result that it refuses fails the run. */
  resultValidator?: ResultSchema<T>;
  /**
   * Makes one result of those of several handlers, in their order, without those that returned nothing.
   * By default the last one counts.
   */
  reduce?: (results: unknown[]) => unknown;
}

/** What each option of a hook may be. */
export const hookOptionChecks: Readonly<Record<keyof HookOptions, OptionCheck>> = {
  resultValidator: {
    expected: "a schema with a method parse, such as zod makes it",
    holds: (value) => typeof (value as Partial<ResultSchema> | null)?.parse === "function",
  },
  reduce: func,
};
