import { performance } from "node:perf_hooks";
import type { Logger } from "@velella/kernel";
import { Outage } from "../connection/outage";

/**
 * Looks for work at a steady pace, and earlier when someone knows that there is some. Looks never overlap.
 */
export class Poller {
  private timer: NodeJS.Timeout | undefined;
  private at = Infinity;
  private looking: Promise<void> | undefined;
  private started = false;
  private readonly blindness: Outage;

  constructor(
    /** Looks for work; returns the seconds until something is due, if that is known. */
    private readonly look: () => Promise<number | undefined>,
    private readonly intervalMs: number,
    logger: Logger,
  ) {
    this.blindness = new Outage(logger, "The workflow engine could not look for work");
  }

  start(): void {
    this.started = true;
    this.wakeIn(0);
  }

  async stop(): Promise<void> {
    this.started = false;
    this.at = Infinity;
    clearTimeout(this.timer);
    await this.looking;
  }

  /** Makes sure that a look happens in so many seconds at the latest. */
  wakeIn(seconds: number): void {
    if (!this.started) return;
    const at = performance.now() + Math.min(seconds * 1000, this.intervalMs);
    if (at >= this.at) return;
    this.at = at;
    if (this.looking) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), Math.max(0, at - performance.now()));
    this.timer.unref();
  }

  private run(): void {
    this.at = Infinity;
    this.looking = this.lookOnce().finally(() => {
      this.looking = undefined;
      const at = this.at;
      this.at = Infinity;
      this.wakeIn(Math.max(0, at - performance.now()) / 1000);
    });
  }

  private async lookOnce(): Promise<void> {
    let next: number | undefined;
    try {
      next = await this.look();
      this.blindness.ended();
    } catch (error) {
      this.blindness.failed(error);
    }
    this.wakeIn(next ?? Infinity);
  }
}
