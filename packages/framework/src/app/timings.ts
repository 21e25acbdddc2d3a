/** How long each stage of the boot took, in milliseconds, in order. */
export class Timings {
  readonly stages: { stage: string; ms: number }[] = [];

  /** Runs a stage and notes its time. */
  async measure<T>(stage: string, run: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await run();
    } finally {
      this.stages.push({ stage, ms: performance.now() - start });
    }
  }

  /** One line for people: `config 31 ms, database 8 ms, …`. */
  toString(): string {
    return this.stages.map(({ stage, ms }) => `${stage} ${ms.toFixed(ms < 10 ? 1 : 0)} ms`).join(", ");
  }
}
