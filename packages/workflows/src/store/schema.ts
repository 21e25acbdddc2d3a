import { createHash } from "node:crypto";
import type { SqlConnection, SqlExecutor } from "@velella/kernel";
import { isMisfit } from "./misfits";

/** Quoted names of the engine's tables. */
export interface Tables {
  migration: string;
  instance: string;
  execution: string;
  step: string;
  event: string;
  task: string;
  job: string;
  fire: string;
  handler: string;
  eventGroup: string;
  subscription: string;
  notice: string;
  /** The sequence that numbers what has a partition key. */
  position: string;
  /** The channel on which instances tell each other that there is work. */
  channel: string;
  /** The schema, quoted, when one was given. */
  schema: string | undefined;
  /** The name under which a statement on these tables is kept prepared. */
  statement(name: string): string;
}

/** The names of the tables in a schema; without one the connection's search path decides. */
export function tablesIn(schema?: string): Tables {
  const quoted = schema === undefined ? undefined : `"${schema.replaceAll('"', '""')}"`;
  // Engines on several schemas may share a connection; names end at 63 bytes.
  const suffix = schema === undefined ? "" : `_${createHash("sha256").update(schema).digest("hex").slice(0, 12)}`;
  const name = (table: string) => `${quoted ? `${quoted}.` : ""}velella_${table}`;
  return {
    migration: name("workflow_migration"),
    instance: name("instance"),
    execution: name("execution"),
    step: name("step"),
    event: name("event"),
    task: name("task"),
    job: name("job"),
    fire: name("fire"),
    handler: name("handler"),
    eventGroup: name("event_group"),
    subscription: name("subscription"),
    notice: name("notice"),
    position: name("position"),
    channel: `velella_work${suffix}`,
    schema: quoted,
    statement: (statement) => `velella_${statement}${suffix}`,
  };
}

/** What the states and columns of runs, steps, events, tasks and ticks mean is said in `rows/`. */
const migrations: readonly { name: string; statements(tables: Tables): string[] }[] = [
  {
    name: "0001-durable-execution",
    statements: (t) => [
      // One row per process: who is alive. `locked`: holds a session advisory lock on lock_key.
      `create table ${t.instance} (
        id text primary key,
        lock_key bigint not null,
        locked boolean not null,
        lease_until timestamptz not null,
        started_at timestamptz not null default now()
      )`,
      // One row per journalled run. Who writes anything about it must be its owner, in the same epoch.
      `create table ${t.execution} (
        id text primary key,
        workflow_id text not null,
        transaction_id text not null,
        run_id text not null,
        state text not null,
        plan_hash text not null,
        input text,
        context text,
        result text,
        errors text,
        owner text,
        epoch integer not null,
        wake_at timestamptz,
        poked boolean not null default false,
        deadline timestamptz,
        cancelled boolean not null default false,
        idempotent boolean not null,
        watched boolean not null default false,
        unclean integer not null default 0,
        seen_steps integer not null default 0,
        parked text,
        store boolean not null,
        retention_seconds double precision,
        keep_until timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        finished_at timestamptz
      )`,
      `create unique index velella_execution_live on ${t.execution} (workflow_id, transaction_id) where finished_at is null or idempotent`,
      `create index velella_execution_transaction on ${t.execution} (workflow_id, transaction_id)`,
      `create index velella_execution_due on ${t.execution} (wake_at) where owner is null and finished_at is null and parked is null and wake_at is not null`,
      `create index velella_execution_owner on ${t.execution} (owner) where owner is not null`,
      `create index velella_execution_keep on ${t.execution} (keep_until) where keep_until is not null`,
      // One row per step and phase of a run.
      `create table ${t.step} (
        execution_id text not null,
        key text not null,
        phase text not null,
        status text not null,
        output text,
        compensate_input text,
        error text,
        events text,
        notes text,
        attempts integer not null,
        idempotency_key text not null,
        timeout_at timestamptz,
        started_at timestamptz not null,
        finished_at timestamptz not null default now(),
        primary key (execution_id, key, phase)
      )`,
      // The outbox: an event is here from the transaction that made it true until its retention has passed.
      `create table ${t.event} (
        id text primary key,
        name text not null,
        data text,
        metadata text,
        options text,
        priority integer not null default 100,
        max_attempts integer,
        deliver_at timestamptz not null default now(),
        created_at timestamptz not null default now(),
        routed_at timestamptz
      )`,
      `create index velella_event_due on ${t.event} (priority, deliver_at) where routed_at is null`,
      `create index velella_event_routed on ${t.event} (routed_at) where routed_at is not null`,
      // What workers do: the delivery of an event to a subscriber, or a tick of a job.
      `create table ${t.task} (
        id text primary key,
        kind text not null,
        target text not null,
        event_id text,
        tick timestamptz,
        state text not null default 'ready',
        priority integer not null default 100,
        run_at timestamptz not null default now(),
        owner text,
        attempts integer not null default 0,
        max_attempts integer not null,
        error text,
        created_at timestamptz not null default now()
      )`,
      `create index velella_task_due on ${t.task} (target, priority, run_at) where state = 'ready' and owner is null`,
      `create index velella_task_run_at on ${t.task} (run_at) where state = 'ready' and owner is null`,
      `create index velella_task_owner on ${t.task} (owner) where owner is not null`,
      `create index velella_task_event on ${t.task} (event_id) where event_id is not null`,
      // Schedules: how often a job ran, and each tick that someone claimed.
      `create table ${t.job} (
        name text primary key,
        schedule text not null,
        executions integer not null default 0,
        last_tick timestamptz,
        created_at timestamptz not null default now()
      )`,
      `create table ${t.fire} (
        job text not null,
        tick timestamptz not null,
        state text not null default 'claimed',
        started_at timestamptz,
        finished_at timestamptz,
        error text,
        primary key (job, tick)
      )`,
    ],
  },
  {
    name: "0002-handlers",
    statements: (t) => [
      // Who handles what: a row for each instance and each event of a subscriber, or job, that it has. `left_at`: since when
      // the instance is gone; what it had is remembered for a while.
      `create table ${t.handler} (
        target text not null,
        event text not null,
        instance text not null,
        left_at timestamptz,
        primary key (target, event, instance)
      )`,
      `insert into ${t.handler} (target, event, instance, left_at) select 'job:' || name, '', '', now() from ${t.job}`,
      // Events that wait for someone to release their group.
      `create table ${t.eventGroup} (
        id text primary key,
        group_id text not null,
        name text not null,
        event text not null,
        created_at timestamptz not null default now()
      )`,
      `create index velella_event_group_id on ${t.eventGroup} (group_id)`,
      // Events of one key reach each subscriber in the order of their positions.
      `create sequence ${t.position}`,
      `alter table ${t.event} add partition_key text, add position bigint`,
      `alter table ${t.task} add partition_key text, add position bigint`,
      `create index velella_event_partition on ${t.event} (partition_key, position) where partition_key is not null and routed_at is null`,
      `create index velella_task_partition on ${t.task} (target, partition_key, position) where partition_key is not null and state = 'ready'`,
      `create index velella_task_dead on ${t.task} (run_at) where state = 'dead'`,
      `alter table ${t.fire} add attempts integer not null default 0`,
    ],
  },
  {
    name: "0003-earlier-attempts",
    // The attempts of a step before its last one, as JSON; null where it worked at once.
    statements: (t) => [`alter table ${t.step} add earlier text`],
  },
  {
    name: "0004-misfits",
    statements: (t) => [`create index velella_execution_misfit on ${t.execution} (workflow_id, plan_hash) where ${isMisfit}`],
  },
  {
    name: "0005-subscriptions",
    statements: (t) => [
      // Who follows which runs: a row for each instance and each run, or workflow, that it has subscribers to.
      `create table ${t.subscription} (
        instance text not null,
        workflow_id text not null,
        transaction_id text
      )`,
      `create unique index velella_subscription_run on ${t.subscription} (workflow_id, transaction_id, instance) where transaction_id is not null`,
      `create unique index velella_subscription_workflow on ${t.subscription} (workflow_id, instance) where transaction_id is null`,
      // What happens in runs, on its way to an instance that follows them. Unlogged: it is worth nothing after a crash.
      `create unlogged table ${t.notice} (
        id bigint generated always as identity primary key,
        instance text not null,
        body text not null,
        created_at timestamptz not null default now()
      )`,
      `create index velella_notice_instance on ${t.notice} (instance, id)`,
    ],
  },
  {
    name: "0006-rests",
    // The epoch in which the run came to rest last: whoever claims it next knows that no step was at work when it was left.
    statements: (t) => [`alter table ${t.execution} add rested_epoch integer`],
  },
  {
    name: "0007-taken-up-again",
    statements: (t) => [
      // The records of steps that the run waited for when it came to rest, as JSON: of those that are there when it goes on, nobody knows.
      `alter table ${t.execution} add awaited text`,
      // How many attempts of a compensation were made before someone set the run going again: they do not count against its retries.
      `alter table ${t.step} add uncounted integer`,
    ],
  },
];

// "velella" in ASCII: an advisory lock that keeps two processes from migrating at once.
const migrationLock = "33332312052460641";

/** The migrations of this code that a database does not have. What it has beyond them is that of a later release, and does no harm. */
export async function missingMigrations(connection: SqlConnection, tables: Tables): Promise<string[]> {
  const done = await executed(connection, tables);
  return migrations.map(({ name }) => name).filter((name) => !done.has(name));
}

async function executed(executor: SqlExecutor, tables: Tables): Promise<Set<string>> {
  const { rows } = await executor.query<{ name: string }>(`select name from ${tables.migration}`);
  return new Set(rows.map(({ name }) => name));
}

/** Creates or updates the engine's tables; does nothing when they are up to date. */
export async function migrateTables(connection: SqlConnection, tables: Tables): Promise<void> {
  await connection.transaction(async (transaction) => {
    await transaction.query(`select pg_advisory_xact_lock(${migrationLock})`);
    if (tables.schema) await transaction.query(`create schema if not exists ${tables.schema}`);
    await transaction.query(
      `create table if not exists ${tables.migration} (name text primary key, executed_at timestamptz not null default now())`,
    );
    const done = await executed(transaction, tables);
    for (const { name, statements } of migrations) {
      if (done.has(name)) continue;
      for (const statement of statements(tables)) await transaction.query(statement);
      await transaction.query(`insert into ${tables.migration} (name) values ($1)`, [name]);
    }
  });
}
