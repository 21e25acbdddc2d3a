interface Entry<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Gathers what is written while a write is under way, and writes it with the next statement: under load one commit
 * serves many runs, and alone nothing waits.
 */
export class Batcher<Item, Result> {
  private queue: Entry<Item, Result>[] = [];
  private flushing = 0;

  constructor(
    /** Writes items; the results stand in the order of the items. */
    private readonly write: (items: Item[]) => Promise<Result[]>,
    private readonly limits: { size: number; parallel: number } = { size: 200, parallel: 2 },
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.queue.push({ item, resolve, reject });
      this.start();
    });
  }

  private start(): void {
    if (this.flushing >= this.limits.parallel || !this.queue.length) return;
    this.flushing++;
    // In a microtask, so that what is added in one go travels together.
    queueMicrotask(() => void this.flush());
  }

  private async flush(): Promise<void> {
    while (this.queue.length) await this.flushOne(this.queue.splice(0, this.limits.size));
    this.flushing--;
  }

  private async flushOne(entries: Entry<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(entries.map(({ item }) => item));
      entries.forEach((entry, i) => entry.resolve(results[i] as Result));
    } catch (error) {
      if (entries.length === 1) return entries[0]?.reject(error);
      // One item that cannot be written must not take the others with it.
      await Promise.all(
        entries.map(async (entry) => {
          try {
            entry.resolve((await this.write([entry.item]))[0] as Result);
          } catch (single) {
            entry.reject(single);
          }
        }),
      );
    }
  }
}
