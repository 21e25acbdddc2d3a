import type { SqlConnection } from "@velella/kernel";
import type { Tables } from "../store/schema";
import { Every } from "../monotonic-clock";

/** What {@link Strays} work with. */
export interface StraysOptions {
  connection: SqlConnection;
  tables: Tables;
  /** This instance. */
  instance: string;
  /** Milliseconds between two looks. */
  intervalMs: number;
  /** Ids of the runs that are at work here. */
  runs(): string[];
  /** Ids of the tasks that are at work here. */
  tasks(): string[];
}

interface Stray {
  kind: "run" | "task";
  id: string;
  claim: number;
}

/**
 * Finds what this instance owns without working on it, and gives it back. A connection that breaks does not tell whether
 * the statement on it was carried out: a claim may have been made that nobody here knows of, or a run not been given back.
 */
export class Strays {
  private seen = new Set<string>();
  private readonly turn: Every;

  constructor(private readonly options: StraysOptions) {
    this.turn = new Every(options.intervalMs);
  }

  /** Looks when it is time to. What was a stray in two looks in a row is one; returns how many were given back. */
  async look(): Promise<number> {
    if (!this.turn.isDue()) return 0;
    const { connection, tables, instance, runs, tasks } = this.options;
    const { rows } = await connection.query<Stray>(
      `select 'run' as kind, id, epoch as claim from ${tables.execution} where owner = $1 and finished_at is null and id <> all($2::text[])
      union all select 'task', id, attempts from ${tables.task} where owner = $1 and id <> all($3::text[])`,
      [instance, runs(), tasks()],
      tables.statement("strays"),
    );
    const strays = rows.filter((stray) => this.seen.has(keyOf(stray)));
    this.seen = new Set(rows.map(keyOf));
    if (strays.length) await this.giveBack(strays);
    return strays.length;
  }

  private async giveBack(strays: Stray[]): Promise<void> {
    const { connection, tables, instance } = this.options;
    const columns = (kind: Stray["kind"]) => {
      const some = strays.filter((stray) => stray.kind === kind);
      return [some.map(({ id }) => id), some.map(({ claim }) => claim)];
    };
    await connection.query(
      // Nothing is waited for: a transaction of ours on a connection that only the server still believes in may hold the row.
      `with free as (
        select e.id from ${tables.execution} e join unnest($2::text[], $3::int[]) as s(id, claim) on e.id = s.id and e.epoch = s.claim
        where e.owner = $1 and e.finished_at is null for no key update of e skip locked
      ), runs as (
        update ${tables.execution} e set owner = null, wake_at = now(), watched = true, updated_at = now() from free where e.id = free.id
      )
      update ${tables.task} t set owner = null
      from unnest($4::text[], $5::int[]) as s(id, claim) where t.id = s.id and t.attempts = s.claim and t.owner = $1`,
      [instance, ...columns("run"), ...columns("task")],
    );
  }
}

const keyOf = ({ kind, id, claim }: Stray) => `${kind} ${claim} ${id}`;
