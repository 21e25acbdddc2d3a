import { insertEventsCte } from "./event-store";
import type { Tables } from "./schema";

/** Holds for a run when an instance other than `$1` has subscribers to it. @param run The table of the run in the statement */
export function isFollowed({ subscription }: Tables, run: string): string {
  return `exists (select from ${subscription} s where ${isFollower("s", run)})`;
}

/** Holds for a subscription when it is one to a run, of an instance other than `$1`. */
export function isFollower(subscription: string, run: string): string {
  const [s, r] = [subscription, run];
  return `${s}.instance <> $1 and ${s}.workflow_id = ${r}.workflow_id and (${s}.transaction_id = ${r}.transaction_id or ${s}.transaction_id is null)`;
}

/**
 * Inserts runs, and gives the ids of those that are new, and whether others follow them. In the order of what is unique about
 * them, so that batches of two instances which want the same do not wait for each other.
 */
export function startStatement(tables: Tables): string {
  return `insert into ${tables.execution} as e (id, workflow_id, transaction_id, run_id, state, plan_hash, input, context, owner, epoch, deadline, idempotent, store, retention_seconds)
    select id, workflow_id, transaction_id, run_id, 'invoking', plan_hash, input, context, $1, 1, now() + deadline * interval '1 second', idempotent, store, retention_seconds
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::float8[], $10::bool[], $11::bool[], $12::float8[])
      as i(id, workflow_id, transaction_id, run_id, plan_hash, input, context, deadline, idempotent, store, retention_seconds)
    order by workflow_id, transaction_id
    on conflict (workflow_id, transaction_id) where finished_at is null or idempotent do nothing
    returning e.id, ${isFollowed(tables, "e")} as followed`;
}

/** Claims, for the owner `$1`, `$2` runs at most. Their columns are named, so that later releases may add some while this one runs. */
export function claimStatement(tables: Tables, condition: string, order: string): string {
  const { execution } = tables;
  return `update ${execution} e set owner = $1, epoch = e.epoch + 1, wake_at = null, poked = false, parked = null, updated_at = now()
    where e.id in (
      select id from ${execution} where ${condition} order by ${order} limit $2 for update skip locked
    )
    returning e.id, e.workflow_id, e.transaction_id, e.run_id, e.plan_hash, e.state, e.input, e.context, e.errors, e.epoch, e.rested_epoch, e.awaited, e.cancelled,
      extract(epoch from e.deadline - now())::float8 as left, extract(epoch from now() - e.created_at)::float8 as age, ${isFollowed(tables, "e")} as followed`;
}

/**
 * Ends runs, releases their events, and gives the ids of those that ended. Locks them in the order of their ids, as
 * checkpoints do.
 *
 * With `orFail` it fails if the one run that it is given may not be ended here: it then divides by their number.
 */
export function finishStatement(tables: Tables, orFail = false): string {
  const { execution, step } = tables;
  return `with input as (
    select * from unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::bool[]) as i(id, epoch, state, result, errors, keep)
  ), ended as (
    select e.id, i.state, i.result, i.errors, i.keep, (i.keep or e.store or e.watched or e.retention_seconds is not null) as stays
    from ${execution} e join input i on i.id = e.id and i.epoch = e.epoch
    where e.owner = $1 and e.finished_at is null and not (e.cancelled and i.state = 'done')
    order by e.id for update of e
  ), removed as (
    delete from ${execution} where id in (select id from ended where not stays)
  ), kept as (
    update ${execution} e set state = n.state, result = n.result, errors = n.errors, owner = null, wake_at = null, finished_at = now(), updated_at = now(),
      keep_until = case when n.keep then null
        when e.retention_seconds is not null then now() + greatest(e.retention_seconds, case when e.watched then 60 else 0 end) * interval '1 second'
        when e.store then null
        else now() + interval '1 minute' end
    from ended n where e.id = n.id and n.stays
  ), steps as (
    delete from ${step} where execution_id in (select id from ended where not stays)
  ), ${insertEventsCte(tables, "$8", "execution_id in (select id from ended)")}
  ${orFail ? "select 1 / count(*) from ended" : "select id from ended"}`;
}

const divisionByZero = "22012";

/** True for the error by which a run that may not be ended here, or not like that, is kept as it is. */
export function isEndRefused(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === divisionByZero;
}
