/** Free data beside a record. */
type Metadata = Record<string, unknown>;

/**
 * The metadata of a record after a change: keys that the change names are replaced, an empty text removes one, and what
 * it does not name stays.
 *
 * @param change null removes everything.
 */
export function mergeMetadata(former: Metadata | null | undefined, change: Metadata | null): Metadata | null {
  if (change === null) return null;
  const merged = { ...former, ...change };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ""));
}
