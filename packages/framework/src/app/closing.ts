/** What has to be closed again, in reverse order of opening. */
export class Closing {
  private readonly closers: (() => Promise<void> | void)[] = [];

  /** Closed before all that was added earlier. */
  add(close: () => Promise<void> | void): void {
    this.closers.push(close);
  }

  /** Closes everything; a failure does not keep the rest open, and the first one is thrown at the end. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.closers.pop(); close; close = this.closers.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length) throw failures[0];
  }
}
