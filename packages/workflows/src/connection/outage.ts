import type { Logger } from "@velella/kernel";

/** A time in which something fails again and again, as when the database is away: the log has one line for it, not one a second. */
export class Outage {
  private isOn = false;

  constructor(
    private readonly logger: Logger,
    /** What the line says; the error comes after it. */
    private readonly message: string,
  ) {}

  /** It failed: that is said the first time. */
  failed(error: unknown): void {
    if (!this.isOn) this.logger.warn(`${this.message}: ${String(error)}`);
    this.isOn = true;
  }

  /** It works again. */
  ended(): void {
    this.isOn = false;
  }
}
