import { randomBytes } from "node:crypto";
import { generateId } from "@velella/kernel";
import type { Logger, SqlConnection, SqlSession } from "@velella/kernel";
import { patiently } from "../connection/patiently";
import type { Tables } from "../store/schema";
import type { LeaseThread } from "./lease-thread";
import { cancelledRuns } from "./look";

/** What an {@link Instance} works with. */
export interface InstanceOptions {
  connection: SqlConnection;
  tables: Tables;
  logger: Logger;
  /** Seconds without a sign of life after which others take over. */
  leaseSeconds: number;
  /** Whether to hold an advisory lock, so that others see at once when this process ends. */
  sessionLock: boolean;
  /** Hears what other instances tell, and an empty notice for what may have been told while nobody listened; undefined not to listen. */
  onNotice: ((notice: string) => void) | undefined;
  /** Hears which runs of this instance are cancelled, with each sign of life. */
  onCancelled(ids: readonly string[]): void;
  /** Called when the others see a new instance: at first, and when they had taken this one for dead. */
  onNew(): void;
  /** Renews the lease while the event loop is blocked. */
  thread(id: string): LeaseThread | undefined;
}

/**
 * This process, as the others see it: a row with a lease, and where a session is to be had an advisory lock, which
 * PostgreSQL frees the moment the process is gone.
 */
export class Instance {
  readonly id = generateId("inst");
  // Below 2^62, so that it is a bigint of PostgreSQL in any case.
  private readonly lockKey = (randomBytes(8).readBigUInt64BE() >> 2n).toString();
  private session: SqlSession | undefined;
  private timer: NodeJS.Timeout | undefined;
  private registered: Promise<void> | undefined;
  private renewing: Promise<void> | undefined;
  private stopped = false;
  private readonly thread: LeaseThread | undefined;

  constructor(private readonly options: InstanceOptions) {
    this.thread = options.thread(this.id);
  }

  /** Registers the instance, once. Nothing is owned by an instance that is not registered. */
  ready(): Promise<void> {
    this.registered ??= this.register().catch((error: unknown) => {
      this.registered = undefined;
      throw error;
    });
    return this.registered;
  }

  get isRegistered(): boolean {
    return this.registered !== undefined;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    if (!this.registered) return;
    await this.thread?.stop();
    await this.renewing;
    const { connection, tables } = this.options;
    await connection.query(`delete from ${tables.instance} where id = $1`, [this.id]);
    await this.session?.release();
  }

  private async register(): Promise<void> {
    await patiently(() => this.beat());
    this.thread?.start();
    this.timer = setInterval(() => this.renew(), (this.options.leaseSeconds * 1000) / 3);
    this.timer.unref();
  }

  /** Renews the lease now, and the lock when it was lost. Others may have taken us for dead meanwhile: then we are new. */
  renew(): void {
    if (this.stopped) return;
    this.renewing ??= patiently(() => this.beat())
      .catch((error: unknown) => this.options.logger.warn(`The workflow engine could not renew its lease: ${String(error)}`))
      .finally(() => (this.renewing = undefined));
  }

  private async beat(): Promise<void> {
    if (this.stopped) return;
    const { sessionLock, onNotice } = this.options;
    if (!this.session && (sessionLock || onNotice)) await this.openSession();
    const { connection, tables, leaseSeconds, onCancelled, onNew } = this.options;
    if (this.stopped) return;
    const { rows } = await connection.query<{ cancelled: string[]; is_new: boolean }>(
      `insert into ${tables.instance} (id, lock_key, locked, lease_until) values ($1, $2, $3, now() + $4::float8 * interval '1 second')
      on conflict (id) do update set locked = excluded.locked, lease_until = excluded.lease_until
      returning ${cancelledRuns(tables)} as cancelled, xmax = 0 as is_new`,
      [this.id, this.lockKey, sessionLock && this.session !== undefined, leaseSeconds],
      tables.statement("beat"),
    );
    this.thread?.renewed();
    onCancelled(rows[0]?.cancelled ?? []);
    if (rows[0]?.is_new) onNew();
  }

  private async openSession(): Promise<void> {
    const { connection, tables, sessionLock, onNotice } = this.options;
    const session = await connection.session();
    if (sessionLock) {
      // Not the waiting form: a session of ours that is about to end may still hold the lock.
      const { rows } = await session.query<{ locked: boolean }>(`select pg_try_advisory_lock($1) as locked`, [this.lockKey]);
      if (!rows[0]?.locked) return session.release();
    }
    if (onNotice) {
      session.onNotification((_channel, notice) => notice !== this.id && onNotice(notice));
      await session.query(`listen ${tables.channel}`);
      onNotice("");
    }
    if (this.stopped) return session.release();
    this.session = session;
    session.onEnd(() => {
      if (this.stopped) return;
      this.session = undefined;
      // Without the lock we pass for dead: take it again at once.
      this.renew();
    });
  }
}
