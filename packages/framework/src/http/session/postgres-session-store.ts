import type { SqlExecutor } from "@velella/kernel";
import type { SessionData, SessionStore } from "./session-store";

/** Sessions in a table of the app's database, so that every process sees them and they outlive a restart. */
export class PostgresSessionStore implements SessionStore {
  private nextSweep = 0;

  /** @param connection Where the table `velella_session` lives; see {@link PostgresSessionStore.migrate}. */
  constructor(private readonly connection: SqlExecutor) {}

  /** Creates the table if it is missing. */
  async migrate(): Promise<void> {
    await this.connection.query(
      `create table if not exists "velella_session" ("id" text primary key, "data" jsonb not null, "expires_at" timestamptz not null)`,
    );
    await this.connection.query(`create index if not exists "IDX_velella_session_expires_at" on "velella_session" ("expires_at")`);
  }

  async get(id: string): Promise<SessionData | undefined> {
    const { rows } = await this.connection.query<{ data: SessionData }>(
      `select "data" from "velella_session" where "id" = $1 and "expires_at" > now()`,
      [id],
    );
    return rows[0]?.data;
  }

  async set(id: string, data: SessionData, expiresAt: Date): Promise<void> {
    await this.connection.query(
      `insert into "velella_session" ("id", "data", "expires_at") values ($1, $2::jsonb, $3)
       on conflict ("id") do update set "data" = excluded."data", "expires_at" = excluded."expires_at"`,
      [id, JSON.stringify(data), expiresAt],
    );
    await this.sweep();
  }

  async destroy(id: string): Promise<void> {
    await this.connection.query(`delete from "velella_session" where "id" = $1`, [id]);
  }

  private async sweep(): Promise<void> {
    const now = Date.now();
    if (now < this.nextSweep) return;
    this.nextSweep = now + 600_000;
    await this.connection.query(`delete from "velella_session" where "expires_at" <= now()`);
  }
}
