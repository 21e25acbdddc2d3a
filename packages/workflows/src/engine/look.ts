import type { SqlConnection } from "@velella/kernel";
import { isMisfit } from "../store/misfits";
import type { Tables } from "../store/schema";

/** What there is to do, as one statement sees it. */
export interface Look {
  /** Another instance's lease is over, or its lock is free, or something belongs to one that is not there. */
  dead: boolean;
  /** There are other instances. */
  others: boolean;
  /** This instance was taken for dead. */
  lost: boolean;
  /** Runs that are due: those in good order, and those whose owners died repeatedly. */
  runs: boolean;
  suspects: boolean;
  /** Runs that another instance parked because they did not fit its code. */
  misfits: boolean;
  tasks: boolean;
  /** The runs of this instance that are cancelled, and have not ended. */
  cancelled: string[];
  /** Seconds until something else is due. */
  next: number | undefined;
}

/** SQL of the ids of the runs of the instance `$1` that are cancelled, and have not ended. */
export const cancelledRuns = ({ execution }: Tables): string =>
  `array(select id from ${execution} where owner = $1 and cancelled and finished_at is null)`;

/** Asks what there is to do. Cheap when there is nothing, which is nearly always. */
export async function look(connection: SqlConnection, tables: Tables, instanceId: string): Promise<Look> {
  const { instance, execution, event, task } = tables;
  const waiting = `${execution} where owner is null and finished_at is null and parked is null and wake_at`;
  const ready = `${task} where state = 'ready' and owner is null and run_at`;
  const { rows } = await connection.query<Omit<Look, "next"> & { next: number | null }>(
    `select
      exists (select from ${instance} where id <> $1 and ((locked and pg_try_advisory_xact_lock_shared(lock_key)) or lease_until < now()))
        or exists (select from ${execution} where owner is not null and finished_at is null and owner not in (select id from ${instance}))
        or exists (select from ${task} where owner is not null and owner not in (select id from ${instance})) as dead,
      exists (select from ${instance} where id <> $1) as others,
      not exists (select from ${instance} where id = $1) as lost,
      exists (select from ${waiting} <= now() and unclean < 2) as runs,
      exists (select from ${waiting} <= now() and unclean >= 2) as suspects,
      exists (select from ${execution} where ${isMisfit}) as misfits,
      (exists (select from ${event} where routed_at is null and deliver_at <= now()) or exists (select from ${ready} <= now())) as tasks,
      ${cancelledRuns(tables)} as cancelled,
      extract(epoch from least(
        (select min(wake_at) from ${waiting} > now()),
        (select min(run_at) from ${ready} > now()),
        (select min(deliver_at) from ${event} where routed_at is null and deliver_at > now())
      ) - now())::float8 as next`,
    [instanceId],
    tables.statement("look"),
  );
  const { next, ...found } = rows[0] ?? { ...nothing, next: null };
  return { ...found, next: next ?? undefined };
}

const nothing = { dead: false, others: false, lost: false, runs: false, suspects: false, misfits: false, tasks: false, cancelled: [] };
