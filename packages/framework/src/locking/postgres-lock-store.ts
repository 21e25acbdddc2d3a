import type { SqlConnection, SqlExecutor } from "@velella/kernel";
import type { LockStore } from "./lock-store";

const free = `"expires_at" <= clock_timestamp()`;

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
  /** @param connection Where the table is, see {@link migrateLocks}. */
  constructor(private readonly connection: SqlConnection) {}

  async take(keys: readonly string[], owner: string | null, ttlMs: number): Promise<string | undefined> {
    if (keys.length === 0) return undefined;
    try {
      await this.connection.transaction(async (transaction) => {
        // Rows are written in one order by everybody, so that two who want the same keys do not wait for each other.
        const { rows } = await transaction.query<{ key: string }>(
          `insert into "velella_lock" as held ("key", "owner", "expires_at")
           select "key", $2, ${expiry("$3")} from (select distinct unnest($1::text[]) as "key") as wanted order by "key"
           on conflict ("key") do update set "owner" = excluded."owner", "expires_at" = excluded."expires_at"
           where held.${free} or held."owner" = excluded."owner"
           returning "key"`,
          [keys, owner, ttlMs],
        );
        const taken = new Set(rows.map(({ key }) => key));
        const busy = keys.find((key) => !taken.has(key));
        if (busy !== undefined) throw new SomebodyHas(busy);
      });
      return undefined;
    } catch (error) {
      if (error instanceof SomebodyHas) return error.key;
      throw error;
    }
  }

  async renew(keys: readonly string[], owner: string, ttlMs: number): Promise<boolean> {
    const { rows } = await this.connection.query<{ complete: boolean }>(
      `with own as (
         select "key" from "velella_lock" where "key" = any($1::text[]) and "owner" = $2 and not ${free} for update
       ), renewed as (
         update "velella_lock" set "expires_at" = ${expiry("$3")}
         where "key" in (select "key" from own) and (select count(*) from own) = $4
         returning 1
       ) select count(*) = $4 as complete from renewed`,
      [keys, owner, ttlMs, new Set(keys).size],
    );
    return rows[0]?.complete === true;
  }

  async drop(keys: readonly string[], owner: string | null): Promise<boolean> {
    const { rows } = await this.connection.query<{ held: boolean }>(
      `delete from "velella_lock" where "key" = any($1::text[]) and "owner" is not distinct from $2 returning not ${free} as held`,
      [keys, owner],
    );
    return rows.filter(({ held }) => held).length === new Set(keys).size;
  }

  async dropAll(owner: string | null): Promise<void> {
    await this.connection.query(`delete from "velella_lock" where "owner" is not distinct from $1`, [owner]);
  }
}

/** When a lock of so many milliseconds ends; 0 is for ever. */
function expiry(parameter: string): string {
  return `case when ${parameter}::float8 > 0 then clock_timestamp() + ${parameter}::float8 * interval '1 millisecond' else 'infinity' end`;
}
