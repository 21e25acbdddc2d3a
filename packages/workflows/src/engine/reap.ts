import type { SqlConnection } from "@velella/kernel";
import type { Tables } from "../store/schema";

/**
 * Whether a row still has the owner that it had when the statement began. If not, it was given to an instance that may be newer than
 * the list of those who live.
 */
const keptOwner = (table: string, row: string): string =>
  `${row}.owner is not distinct from (select seen.owner from ${table} seen where seen.id = ${row}.id)`;

/**
 * Gives back what dead instances owned; parks runs whose owners died `limit` times in a row without getting further.
 *
 * Nothing is waited for: a process that is frozen inside a transaction holds the row of its run locked, and others must not
 * stand still with it. What is locked is looked at again the next time.
 *
 * @returns how much there is to do now that nobody did
 */
export async function reap(connection: SqlConnection, tables: Tables, instanceId: string, limit: number): Promise<number> {
  const { rows } = await connection.query<{ executions: number; tasks: number }>(
    `with dead as (
      delete from ${tables.instance} where id in (
        select i.id from ${tables.instance} i
        where i.id <> $1 and ((i.locked and pg_try_advisory_xact_lock(i.lock_key)) or i.lease_until < now())
        for update skip locked
      ) returning id
    ), alive as (
      select id from ${tables.instance} where id not in (select id from dead)
    ), interests as (
      delete from ${tables.subscription} where instance in (select id from dead)
    ), notices as (
      delete from ${tables.notice} where instance in (select id from dead)
    ), left_runs as (
      select e.id, (select count(*)::int from ${tables.step} s where s.execution_id = e.id) as steps
      from ${tables.execution} e where e.owner is not null and e.owner not in (select id from alive) and e.finished_at is null
        and ${keptOwner(tables.execution, "e")}
      for no key update of e skip locked
    ), executions as (
      update ${tables.execution} e set owner = null, wake_at = now(), watched = true, seen_steps = l.steps,
        unclean = case when l.steps > e.seen_steps then 1 else e.unclean + 1 end,
        parked = case when l.steps <= e.seen_steps and e.unclean + 1 >= $2
          then 'Its process ended ' || e.unclean + 1 || ' times in a row before the run got further.' end
      from left_runs l where e.id = l.id returning e.id
    ), left_tasks as (
      select t.id from ${tables.task} t where t.owner is not null and t.owner not in (select id from alive)
        and ${keptOwner(tables.task, "t")}
      for update skip locked
    ), tasks as (
      update ${tables.task} t set owner = null, run_at = now(),
        state = case when t.attempts >= t.max_attempts + $2 then 'dead' else t.state end,
        error = case when t.attempts >= t.max_attempts + $2 then 'Its process ended ' || $2 || ' times before it was done.' else t.error end
      from left_tasks l where t.id = l.id returning t.id
    )
    select (select count(*)::int from executions) as executions, (select count(*)::int from tasks) as tasks`,
    [instanceId, limit],
    tables.statement("reap"),
  );
  return (rows[0]?.executions ?? 0) + (rows[0]?.tasks ?? 0);
}
