import type { SqlConnection, SqlExecutor } from "@velella/kernel";
import type { LockStore } from "./lock-store";

const isOver = `"expires_at" <= clock_timestamp()`;

/** Rows are locked in one order by everybody, so that two who want the same keys do not wait for each other. */
const ordered = `order by "key" for update`;

/** Thrown inside the transaction that takes locks, so that a part of them is not kept. */
class SomebodyHas extends Error {
  constructor(readonly key: string) {
    super(key);
  }
}

/** Makes the table of locks where it is missing. */
export async function migrateLocks(executor: SqlExecutor): Promise<void> {
  await executor.query(
    `create table if not exists "velella_lock" ("key" text primary key, "owner" text null, "expires_at" timestamptz not null default 'infinity')`,
  );
  await executor.query(`create index if not exists "IDX_velella_lock_owner" on "velella_lock" ("owner")`);
}

/** Locks as rows, among all processes that use one database. Times are the database's. */
export class PostgresLockStore implements LockStore {
  private sweptAt = performance.now();

  /**
   * @param connection Where the table is, see {@link migrateLocks}.
   * @param sweepEveryMs How often, at most, the rows of locks that ended are removed.
   */
  constructor(
    private readonly connection: SqlConnection,
    private readonly sweepEveryMs = 60_000,
  ) {}

  async take(keys: readonly string[], owner: string | null, lengthMs: number): Promise<string | undefined> {
    await this.sweepNowAndThen();
    // One key is taken by its one statement or not at all; several need a transaction for that.
    if (keys.length === 1) return takeRows(this.connection, keys, owner, lengthMs);
    try {
      await this.connection.transaction(async (transaction) => {
        const busy = await takeRows(transaction, keys, owner, lengthMs);
        if (busy !== undefined) throw new SomebodyHas(busy);
      });
      return undefined;
    } catch (error) {
      if (error instanceof SomebodyHas) return error.key;
      throw error;
    }
  }

  async extend(keys: readonly string[], owner: string, lengthMs: number): Promise<boolean> {
    const { rows } = await this.connection.query<{ complete: boolean }>(
      `with own as (
         select "key" from "velella_lock" where "key" = any($1::text[]) and "owner" = $2 and not ${isOver} ${ordered}
       ), extended as (
         update "velella_lock" set "expires_at" = ${expiry("$3")}
         where "key" in (select "key" from own) and (select count(*) from own) = $4
         returning 1
       ) select count(*) = $4 as complete from extended`,
      [keys, owner, lengthMs, keys.length],
    );
    return rows[0]?.complete === true;
  }

  async giveBack(keys: readonly string[], owner: string | null): Promise<boolean> {
    const { rows } = await this.connection.query<{ held: boolean }>(
      `with own as (
         select "key" from "velella_lock" where "key" = any($1::text[]) and "owner" is not distinct from $2 ${ordered}
       ) delete from "velella_lock" where "key" in (select "key" from own) returning not ${isOver} as held`,
      [keys, owner],
    );
    return rows.filter(({ held }) => held).length === keys.length;
  }

  async giveBackAll(owner: string | null): Promise<void> {
    await this.connection.query(
      `with own as (select "key" from "velella_lock" where "owner" is not distinct from $1 ${ordered})
       delete from "velella_lock" where "key" in (select "key" from own)`,
      [owner],
    );
  }

  /** Removes the rows of locks that ended and that nobody asked for again. */
  private async sweepNowAndThen(): Promise<void> {
    if (performance.now() - this.sweptAt < this.sweepEveryMs) return;
    this.sweptAt = performance.now();
    await this.connection.query(
      `with ended as (select "key" from "velella_lock" where ${isOver} for update skip locked)
       delete from "velella_lock" where "key" in (select "key" from ended)`,
    );
  }
}

/** Writes the rows of all keys that are free, unless one is seen to be held: asking for a busy lock writes nothing. */
async function takeRows(
  executor: SqlExecutor,
  keys: readonly string[],
  owner: string | null,
  lengthMs: number,
): Promise<string | undefined> {
  const { rows } = await executor.query<{ key: string; taken: boolean }>(
    `with wanted as (
       select unnest($1::text[]) as "key"
     ), busy as (
       select "key" from wanted join "velella_lock" using ("key") where not ${isOver} and ("owner" = $2::text) is not true
     ), taken as (
       insert into "velella_lock" as held ("key", "owner", "expires_at")
       select "key", $2::text, ${expiry("$3")} from wanted where not exists (select from busy) order by "key"
       on conflict ("key") do update set "owner" = excluded."owner", "expires_at" = excluded."expires_at"
       where held.${isOver} or held."owner" = excluded."owner"
       returning "key"
     ) select "key", true as taken from taken union all select "key", false from busy`,
    [keys, owner, lengthMs],
  );
  const busy = new Set(rows.filter(({ taken }) => !taken).map(({ key }) => key));
  if (busy.size > 0) return keys.find((key) => busy.has(key));
  const taken = new Set(rows.map(({ key }) => key));
  return keys.find((key) => !taken.has(key));
}

/** When a lock of so many milliseconds ends; 0 is for ever. */
function expiry(parameter: string): string {
  return `case when ${parameter}::float8 > 0 then clock_timestamp() + ${parameter}::float8 * interval '1 millisecond' else 'infinity' end`;
}
