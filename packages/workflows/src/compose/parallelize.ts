import { currentComposition } from "./composition";

/**
 * Runs steps at the same time. When one fails the others are awaited before all are undone.
 *
 * @example
 * const [prices, images] = parallelize(createPricesStep(input), createImagesStep(input));
 */
export function parallelize<TResult extends readonly unknown[]>(...steps: TResult): TResult {
  currentComposition("parallelize").parallelize(steps);
  return steps;
}
