import { performance } from "node:perf_hooks";
import { Outage } from "../../connection/outage";
import { isFollower } from "../../store/execution-statements";
import type { RunNames } from "../endings";
import type { RunningRun } from "../executor";
import type { RelayServices } from "./relay-services";

/** What {@link FollowedRuns} work with. */
export interface FollowedRunsOptions extends RelayServices {
  /** The runs that are at work here. */
  running(): readonly RunningRun[];
}

/** Milliseconds between two looks for those who began to follow a run while it is at work; shorter runs need none. */
const interval = 500;

/**
 * Knows which of the runs that are at work here other instances follow. The statement by which a run begins here, or is taken
 * up, tells of those that are followed already; while longer runs are at work, a small statement finds the others. So short
 * runs cost nothing.
 */
export class FollowedRuns {
  private known = new Set<string>();
  /** What was added since the last look, whose run may not be at work yet. */
  private recent = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private readonly blindness: Outage;

  constructor(private readonly options: FollowedRunsOptions) {
    this.blindness = new Outage(options.logger, "The workflow engine could not look who follows its runs");
  }

  /** Whether another instance follows a run, as far as known. */
  has(run: RunNames): boolean {
    return this.known.size > 0 && this.known.has(keyOf(run));
  }

  /** Takes down that a run is followed. */
  add(run: RunNames): void {
    const key = keyOf(run);
    this.known.add(key);
    this.recent.add(key);
    this.watch();
  }

  /** Looks from now on, as long as runs are at work. */
  watch(): void {
    if (this.timer || this.stopped) return;
    this.timer = setTimeout(() => void this.look(), interval);
    this.timer.unref();
  }

  /** Looks no more. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    const runs = this.options.running();
    const { recent } = this;
    this.recent = new Set();
    const isOld = ({ since }: RunningRun) => performance.now() - since >= interval;
    const old = runs.filter(isOld);
    const young = runs.filter((run) => !isOld(run) && this.has(run));
    const found = old.length ? await this.read(old) : [];
    if (found) this.known = new Set([...[...found, ...young].map(keyOf), ...recent, ...this.recent]);
    this.timer = undefined;
    if (runs.length || this.known.size) this.watch();
  }

  /** Undefined: it cannot be read, and what was known stands. */
  private async read(runs: readonly RunNames[]): Promise<RunNames[] | undefined> {
    const { connection, tables, instance } = this.options;
    try {
      const { rows } = await connection.query<RunNames>(
        `select workflow_id as "workflowId", transaction_id as "transactionId"
        from unnest($2::text[], $3::text[]) as r(workflow_id, transaction_id)
        where exists (select from ${tables.subscription} s where ${isFollower("s", "r")})`,
        [instance, runs.map(({ workflowId }) => workflowId), runs.map(({ transactionId }) => transactionId)],
        tables.statement("followed"),
      );
      this.blindness.ended();
      return rows;
    } catch (error) {
      this.blindness.failed(error);
      return undefined;
    }
  }
}

const keyOf = ({ workflowId, transactionId }: RunNames): string => `${workflowId}\u0000${transactionId}`;
