/** How much is removed with one statement, and how often in a row. */
const sweptAtOnce = 1000;
const sweptInARow = 50;

/** Removes in small parts, so that no transaction is long, what became too old since the last time. Returns how much. */
export async function allOf(sweep: (limit: number) => Promise<number>): Promise<number> {
  let removed = 0;
  for (let part = 0; part < sweptInARow; part++) {
    const some = await sweep(sweptAtOnce);
    removed += some;
    if (some < sweptAtOnce) break;
  }
  return removed;
}
