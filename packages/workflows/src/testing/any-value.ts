import fc from "fast-check";

/** Values of all kinds, also of those that JSON knows nothing of. */
export const anyValue = fc.anything({
  withDate: true,
  withBigInt: false,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: true,
  withSparseArray: true,
  withBoxedValues: true,
});

/** What is left of a value after a way through JSON. */
export function roundTrip(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : JSON.parse(text);
}
