import type { SqlConnection } from "@velella/kernel";
import { readErrors } from "../errors/engine-errors";
import { checkOptions, count, oneOf, text } from "../options/option-checks";
import type { FireState } from "../rows/task-row";
import type { Tables } from "../store/schema";
import { errorText } from "./error-text";
import { ticksOf } from "../options/schedule";
import type { JobSchedule } from "../options/schedule";
import { targetSql } from "./target";

/** One tick of a job, and what came of it. */
export interface JobRun {
  job: string;
  /** The time of the schedule that it is for. */
  tick: Date;
  /** `waiting` for an instance that is free, `running`, or how it ended. */
  state: "waiting" | Exclude<FireState, "claimed">;
  /** How often it was begun: more than once when its process died. */
  attempts: number;
  /** When it was begun last; null before. */
  started_at: Date | null;
  finished_at: Date | null;
  /** Milliseconds from its last beginning to its end; null until then. */
  duration: number | null;
  /** Stack or message of what it failed with. */
  error: string | null;
}

/** Which ticks of jobs are read, and how many. */
export interface JobHistoryOptions {
  /** Only runs in this state. */
  state?: JobRun["state"];
  /** At most so many, the newest first; 100 by default. */
  take?: number;
}

/** A job as the database knows it, over all instances. */
export interface JobOverview {
  name: string;
  schedule: JobSchedule;
  /** IANA name; null for that of the server. */
  timezone: string | null;
  numberOfExecutions: number | null;
  /** Ticks so far under this schedule. */
  executions: number;
  /** Instances that have it and are there. */
  instances: number;
  /** Null when there is none any more, and when the schedule cannot be read. */
  next_tick: Date | null;
  /** Why the schedule that is stored cannot be read, as of a job that only other code has; null when it can. */
  schedule_error: string | null;
  last_run: JobRun | null;
}

type StoredSchedule = [schedule: JobSchedule, timezone: string | null, numberOfExecutions: number | null];

interface JobRow {
  name: string;
  schedule: string;
  executions: number;
  instances: number;
  now: Date;
}

const columns = `job, tick, case state when 'claimed' then 'waiting' else state end as state, attempts,
  case when attempts > 0 or finished_at is not null then started_at end as started_at, finished_at, error,
  round(extract(epoch from finished_at - started_at) * 1000)::float8 as duration`;

const historyChecks = { name: text, state: oneOf("waiting", "running", "done", "failed"), take: count };

/** What is on record of the ticks of jobs. */
export class JobHistory {
  constructor(
    private readonly connection: SqlConnection,
    private readonly tables: Tables,
  ) {}

  /** The run of a tick begins; again, when its process died before it ended. */
  async begin(name: string, tick: Date): Promise<void> {
    await this.connection.query(
      `update ${this.tables.fire} set state = 'running', started_at = now(), attempts = attempts + 1 where job = $1 and tick = $2`,
      [name, tick],
      this.tables.statement("fire_begins"),
    );
  }

  /** The run of a tick has ended. */
  async record(name: string, tick: Date, error?: unknown): Promise<void> {
    await this.connection.query(
      `update ${this.tables.fire} set state = $3, error = $4, finished_at = now() where job = $1 and tick = $2`,
      [name, tick, error === undefined ? "done" : "failed", error === undefined ? null : errorText(error)],
      this.tables.statement("fire_ended"),
    );
  }

  async list(name: string | undefined, options: JobHistoryOptions): Promise<JobRun[]> {
    checkOptions("jobs.history()", { name, ...options }, historyChecks, readErrors);
    const { state, take = 100 } = options;
    const { rows } = await this.connection.query<JobRun>(
      `select ${columns} from ${this.tables.fire}
      where ($1::text is null or job = $1) and ($2::text is null or state = case $2 when 'waiting' then 'claimed' else $2 end)
      order by tick desc, job limit $3`,
      [name ?? null, state ?? null, take],
    );
    return rows;
  }

  async overview(): Promise<JobOverview[]> {
    const { job, fire, handler, instance } = this.tables;
    const jobs = await this.connection.query<JobRow>(
      `select name, schedule, executions, now() as now,
        (select count(distinct i.id)::int from ${handler} h join ${instance} i on i.id = h.instance where h.target = ${targetSql.job("j.name")}) as instances
      from ${job} j order by name`,
    );
    const last = await this.connection.query<JobRun>(
      `select ${columns} from (select distinct on (job) * from ${fire} order by job, tick desc) as newest`,
    );
    const lastRuns = new Map(last.rows.map((run) => [run.job, run]));
    return jobs.rows.map((row) => {
      const { name, executions, instances } = row;
      return { name, executions, instances, ...plannedOf(row), last_run: lastRuns.get(name) ?? null };
    });
  }

  /** Forgets jobs that no instance has had for long, and puts down that nobody ran the ticks which they left. Returns their names. */
  async forgetJobs(): Promise<string[]> {
    const { job, task, fire, handler } = this.tables;
    const { rows } = await this.connection.query<{ name: string }>(
      `with gone as (
        delete from ${job} j where not exists (select from ${handler} h where h.target = ${targetSql.job("j.name")}) returning name
      ), ends as (
        delete from ${task} t where kind = 'job' and owner is null and (state = 'dead' or target in (select ${targetSql.job("name")} from gone))
        returning ${targetSql.jobOf("target")} as job, tick, coalesce(error, 'No instance has this job any more.') as error
      ), ended as (
        update ${fire} f set state = 'failed', error = ends.error, finished_at = now() from ends where f.job = ends.job and f.tick = ends.tick
      )
      select name from gone`,
      [],
      this.tables.statement("forget_jobs"),
    );
    return rows.map(({ name }) => name);
  }

  /** Removes history older than so many seconds; returns how much. */
  async sweep(seconds: number, limit: number): Promise<number> {
    const { rowCount } = await this.connection.query(
      `delete from ${this.tables.fire} where ctid in (
        select ctid from ${this.tables.fire} where tick < now() - $1::float8 * interval '1 second' limit $2
      )`,
      [seconds, limit],
    );
    return rowCount;
  }
}

type Planned = Pick<JobOverview, "schedule" | "timezone" | "numberOfExecutions" | "next_tick" | "schedule_error">;

/** What the stored schedule of a job says. One that cannot be read hides no other. */
function plannedOf({ name, schedule: stored, executions, now }: JobRow): Planned {
  let [schedule, timezone, numberOfExecutions]: StoredSchedule = [stored, null, null];
  try {
    [schedule, timezone, numberOfExecutions] = JSON.parse(stored) as StoredSchedule;
    const goesOn = numberOfExecutions === null || executions < numberOfExecutions;
    const next = goesOn ? ticksOf(name, schedule, timezone ?? undefined).after(now) : undefined;
    return { schedule, timezone, numberOfExecutions, next_tick: next ?? null, schedule_error: null };
  } catch (error) {
    return {
      schedule,
      timezone,
      numberOfExecutions,
      next_tick: null,
      schedule_error: error instanceof Error ? error.message : String(error),
    };
  }
}
