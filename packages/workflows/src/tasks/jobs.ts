import type { Logger, SqlConnection } from "@velella/kernel";
import { patiently } from "../connection/patiently";
import { engineErrors } from "../errors/engine-errors";
import { monotonicNow } from "../monotonic-clock";
import type { Tables } from "../store/schema";
import { checkJob } from "./job-checks";
import { JobHistory } from "./job-history";
import type { JobHistoryOptions, JobOverview, JobRun } from "./job-history";
import { lastTickBetween, ticksOf } from "../options/schedule";
import type { JobSchedule, Ticks } from "../options/schedule";
import { targetSql } from "./target";

/** Something that runs at certain times, once per time over all instances. */
export interface Job {
  name: string;
  schedule: JobSchedule;
  /** Runs at most so often, counted from the day that the schedule was last changed. */
  numberOfExecutions?: number | undefined;
  /** IANA name of the timezone of the cron expression; the server's by default. */
  timezone?: string | undefined;
  /** What happens after a time without any instance: nothing (the default), or one run for all missed ticks. */
  catchUp?: "skip" | "once";
  /** Whether a tick is left out while the one before it is still at work (`forbid`, the default), or runs beside it (`allow`). */
  concurrency?: "allow" | "forbid" | undefined;
  /** The workflow that a tick runs, under the transaction id `NAME:TICK`: a tick is at work as long as its run goes on. */
  workflowId?: string | undefined;
  /** Called at least once per tick. */
  handler(tick: { name: string; tick: Date }): Promise<void> | void;
  /** Where it is written, for messages. */
  source?: string;
}

interface Scheduled {
  job: Job;
  ticks: Ticks;
  timer?: NodeJS.Timeout;
}

/** What {@link Jobs} work with. */
export interface JobsOptions {
  connection: SqlConnection;
  tables: Tables;
  logger: Logger;
  /** Called when a tick has become a task. */
  onTask(): void;
  /** Called when a job was added or removed after the start. */
  onChange(): void;
}

// Timers of Node.js end at 24.8 days; an hour also follows slow corrections of the clock.
const longestTimer = 3_600_000;
/** Milliseconds of a correction of the clock for which timers are set anew. */
const wrongClock = 1000;

/** The jobs of this process, and the clock that makes a task of each tick. */
export class Jobs {
  private readonly byName = new Map<string, Scheduled>();
  private started = false;
  /** Milliseconds that the database's time of day is ahead of our {@link monotonicNow}. */
  private ahead = 0;
  private readonly records: JobHistory;

  constructor(private readonly options: JobsOptions) {
    this.records = new JobHistory(options.connection, options.tables);
  }

  /**
   * Adds a job.
   *
   * @throws `engine.unknown_option`, `engine.bad_option`, `engine.bad_schedule`; `engine.duplicate_job` when there is one of its name
   */
  add(job: Job): void {
    checkJob(job);
    const rival = this.byName.get(job.name)?.job;
    if (rival) throw engineErrors.duplicateJob(job.name, [rival.source ?? [], job.source ?? []].flat());
    const scheduled = { job, ticks: ticksOf(job.name, job.schedule, job.timezone) };
    this.byName.set(job.name, scheduled);
    if (!this.started) return;
    this.warnWhereNever([scheduled]);
    this.options.onChange();
    this.announce([scheduled]).then(() => this.arm(scheduled), this.complain);
  }

  /** This instance no longer runs it; others that have it do. */
  remove(name: string): void {
    clearTimeout(this.byName.get(name)?.timer);
    if (this.byName.delete(name) && this.started) this.options.onChange();
  }

  get(name: string): Job | undefined {
    return this.byName.get(name)?.job;
  }

  list(): Job[] {
    return [...this.byName.values()].map(({ job }) => job);
  }

  /** The newest ticks, of one job or of all, and what came of them; kept for a week. @throws `engine.bad_read_option` */
  async history(name?: string, options: JobHistoryOptions = {}): Promise<JobRun[]> {
    return this.records.list(name, options);
  }

  /** The jobs that the database knows, over all instances. */
  overview(): Promise<JobOverview[]> {
    return this.records.overview();
  }

  /** Makes the jobs known, and starts the clock. */
  async start(): Promise<void> {
    await this.setClock();
    const all = [...this.byName.values()];
    await this.announce(all);
    this.warnWhereNever(all);
    this.started = true;
    for (const scheduled of all) this.arm(scheduled);
  }

  stop(): void {
    this.started = false;
    for (const { timer } of this.byName.values()) clearTimeout(timer);
  }

  /** Runs a tick, and keeps what came of it as history. What the job throws is part of that, and of the log. */
  async run(name: string, tick: Date): Promise<void> {
    const { logger } = this.options;
    const { records } = this;
    await patiently(() => records.begin(name, tick));
    try {
      await this.get(name)?.handler({ name, tick });
    } catch (error) {
      // The next tick is the next attempt.
      logger.error(`Job "${name}" failed`, error);
      return patiently(() => records.record(name, tick, error ?? new Error("It threw nothing.")));
    }
    return patiently(() => records.record(name, tick));
  }

  /** Makes known again what someone took for gone, and forgets jobs that no instance has had for long; follows the database's clock. */
  async refresh(): Promise<void> {
    const { connection, tables, logger } = this.options;
    const before = this.ahead;
    await this.setClock();
    if (Math.abs(this.ahead - before) >= wrongClock) for (const scheduled of this.byName.values()) this.arm(scheduled);
    for (const name of await this.records.forgetJobs()) logger.warn(`No instance has had the job "${name}" for long; it is forgotten`);
    const names = [...this.byName.keys()];
    const { rows } = await connection.query<{ name: string }>(`select name from ${tables.job} where name = any($1)`, [names]);
    const known = new Set(rows.map(({ name }) => name));
    await this.announce([...this.byName.values()].filter(({ job }) => !known.has(job.name)));
  }

  /** Removes history older than so many seconds; returns how much. */
  sweep(seconds: number, limit: number): Promise<number> {
    return this.records.sweep(seconds, limit);
  }

  private async announce(scheduled: Scheduled[]): Promise<void> {
    const { connection, tables } = this.options;
    for (const { job, ticks } of scheduled) {
      const schedule = JSON.stringify([job.schedule, job.timezone ?? null, job.numberOfExecutions ?? null]);
      const { rows } = await connection.query<{ last_tick: Date | null }>(
        `insert into ${tables.job} as j (name, schedule) values ($1, $2)
        on conflict (name) do update set schedule = excluded.schedule, executions = case when j.schedule = excluded.schedule then j.executions else 0 end
        returning last_tick`,
        [job.name, schedule],
      );
      const last = rows[0]?.last_tick;
      const missed = job.catchUp === "once" && last ? lastTickBetween(ticks, last, this.now()) : undefined;
      if (missed) await this.claim(job, missed);
    }
  }

  /** Such as on the 30th of February, which is no mistake that an expression shows. */
  private warnWhereNever(scheduled: readonly Scheduled[]): void {
    for (const { job, ticks } of scheduled) {
      if (ticks.after(this.now())) continue;
      const where = job.source === undefined ? "" : ` (${job.source})`;
      this.options.logger.warn(
        `The job "${job.name}"${where} never runs: its schedule, ${JSON.stringify(job.schedule)}, has no time to come`,
      );
    }
  }

  private arm(scheduled: Scheduled): void {
    if (!this.started || this.byName.get(scheduled.job.name) !== scheduled) return;
    clearTimeout(scheduled.timer);
    const tick = scheduled.ticks.after(this.now());
    if (!tick) return;
    const wait = Math.max(0, tick.getTime() - this.now().getTime());
    const due = wait <= longestTimer;
    scheduled.timer = setTimeout(() => (due ? this.fire(scheduled, tick) : this.arm(scheduled)), Math.min(wait, longestTimer));
    scheduled.timer.unref();
  }

  private fire(scheduled: Scheduled, tick: Date): void {
    // A timer may ring a little early; the next tick is the one after this one in any case.
    const early = tick.getTime() - this.now().getTime();
    if (early > 0) return void (scheduled.timer = setTimeout(() => this.fire(scheduled, tick), early + 1));
    this.claim(scheduled.job, tick).catch(this.complain);
    this.arm(scheduled);
  }

  /**
   * One winner over all instances: the row of the job moves on to this tick only once. Where it has moved on to another tick since
   * the statement began, what was looked at beside it is out of date: then that tick is at work.
   */
  private async claim({ name, numberOfExecutions, concurrency, workflowId }: Job, tick: Date): Promise<void> {
    const { connection, tables } = this.options;
    // A tick that falls into a time without a database is claimed when it is back, unless a later one was.
    const { rowCount } = await patiently(() =>
      connection.query(
        `with claimed as (
        update ${tables.job} set executions = executions + 1, last_tick = $2
        where name = $1 and (last_tick is null or last_tick < $2) and ($3::int is null or executions < $3)
          and ($4 or last_tick is not distinct from (select seen.last_tick from ${tables.job} seen where seen.name = $1) and not (
            exists (select from ${tables.task} where target = ${targetSql.job("$1")} and state = 'ready')
            or exists (select from ${tables.execution}
              where workflow_id = $5 and finished_at is null and parked is null and starts_with(transaction_id, $1 || ':'))
          ))
        returning name
      ), fire as (
        insert into ${tables.fire} (job, tick, started_at) select name, $2, now() from claimed on conflict do nothing returning job
      )
      insert into ${tables.task} (id, kind, target, tick, max_attempts)
      select ${targetSql.job("job")} || ':' || extract(epoch from $2::timestamptz), 'job', ${targetSql.job("job")}, $2, 1 from fire
      on conflict (id) do nothing`,
        [name, tick, numberOfExecutions ?? null, concurrency === "allow", workflowId ?? null],
        tables.statement("tick"),
      ),
    );
    if (rowCount) this.options.onTask();
  }

  /** All instances go by the database's clock, and nothing that is done to the one of this machine matters. */
  private async setClock(): Promise<void> {
    const { rows } = await this.options.connection.query<{ now: Date }>("select now()");
    if (rows[0]) this.ahead = rows[0].now.getTime() - monotonicNow();
  }

  private now(): Date {
    return new Date(monotonicNow() + this.ahead);
  }

  private readonly complain = (error: unknown): void => {
    this.options.logger.error("A tick of a scheduled job could not be claimed", error);
  };
}
