import { currentComposition } from "./composition";
import type { TransformContext } from "../options/transform-context";
import type { Unwrapped } from "./workflow-data";

type Condition<T> = (values: Unwrapped<T>, context: TransformContext) => boolean;

/** The other half of a condition. */
export interface Then {
  /** Composes the steps that run when the condition holds; yields what it returns, undefined when it does not hold. */
  then<R>(composer: () => R): R | undefined;
}

/**
 * Steps that run only when a condition holds. Decided once per run.
 *
 * @param name Names the condition in explanations and in the journal; give one where several stand in a row.
 *
 * @example
 * when("has-brand", { input }, ({ input }) => !!input.brand_id).then(() => linkBrandStep(input));
 */
export function when<T>(values: T, condition: Condition<T>): Then;
export function when<T>(name: string, values: T, condition: Condition<T>): Then;
export function when(...args: [string, unknown, Condition<unknown>] | [unknown, Condition<unknown>]): Then {
  const [name, values, condition] = args.length === 3 ? args : [undefined, ...args];
  const branch = currentComposition("when").when(name, values, condition as (values: unknown, context: unknown) => unknown);
  return { then: <R>(composer: () => R) => branch(composer) as R | undefined };
}
