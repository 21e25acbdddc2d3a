import type { TransformNode } from "../plan/plan";
import { currentComposition } from "./composition";
import type { TransformContext } from "../options/transform-context";
import type { Unwrapped, WorkflowData } from "./workflow-data";

type Fn<From, To> = (values: From, context: TransformContext) => To | Promise<To>;

/**
 * Computes a value when the workflow runs, from values that are known only then. The functions are piped from left to
 * right, run once per run, when something needs the result, and must not have effects.
 *
 * @example
 * const ids = transform({ products }, ({ products }) => products.map(({ id }) => id));
 */
export function transform<T, R1>(values: T, f1: Fn<Unwrapped<T>, R1>): WorkflowData<R1>;
export function transform<T, R1, R2>(values: T, f1: Fn<Unwrapped<T>, R1>, f2: Fn<R1, R2>): WorkflowData<R2>;
export function transform<T, R1, R2, R3>(values: T, f1: Fn<Unwrapped<T>, R1>, f2: Fn<R1, R2>, f3: Fn<R2, R3>): WorkflowData<R3>;
export function transform<T, R1, R2, R3, R4>(
  values: T,
  f1: Fn<Unwrapped<T>, R1>,
  f2: Fn<R1, R2>,
  f3: Fn<R2, R3>,
  f4: Fn<R3, R4>,
): WorkflowData<R4>;
export function transform<T, R1, R2, R3, R4, R5>(
  values: T,
  f1: Fn<Unwrapped<T>, R1>,
  f2: Fn<R1, R2>,
  f3: Fn<R2, R3>,
  f4: Fn<R3, R4>,
  f5: Fn<R4, R5>,
): WorkflowData<R5>;
export function transform<T, R1, R2, R3, R4, R5, R6>(
  values: T,
  f1: Fn<Unwrapped<T>, R1>,
  f2: Fn<R1, R2>,
  f3: Fn<R2, R3>,
  f4: Fn<R3, R4>,
  f5: Fn<R4, R5>,
  f6: Fn<R5, R6>,
): WorkflowData<R6>;
export function transform<T, R1, R2, R3, R4, R5, R6, R7>(
  values: T,
  f1: Fn<Unwrapped<T>, R1>,
  f2: Fn<R1, R2>,
  f3: Fn<R2, R3>,
  f4: Fn<R3, R4>,
  f5: Fn<R4, R5>,
  f6: Fn<R5, R6>,
  f7: Fn<R6, R7>,
): WorkflowData<R7>;
export function transform(values: unknown, ...functions: ((values: never, context: TransformContext) => unknown)[]): unknown {
  return currentComposition("transform").transform(values, functions as unknown as TransformNode["functions"]);
}
