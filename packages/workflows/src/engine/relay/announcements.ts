import { setTimeout as sleep } from "node:timers/promises";
import { isTransient } from "../../connection/errors";
import { patiently } from "../../connection/patiently";
import type { Interest, Subscriptions } from "../subscriptions";
import type { RelayServices } from "./relay-services";

/** What {@link Announcements} work with. */
export interface AnnouncementsOptions extends RelayServices {
  subscriptions: Subscriptions;
}

/** Interests that are written with one statement. */
const atOnce = 500;
/** Milliseconds until a database is asked again that was away for long. */
const pause = 1000;

/**
 * Lets the other instances know what this one has subscribers to, from the moment on when it is registered. What is written is
 * what holds when it is written, so that the order of changes does not matter.
 */
export class Announcements {
  private readonly changed = new Map<string, Interest>();
  /** What is being written, and until when. */
  private inHand: ReadonlySet<string> = new Set();
  private turn: Promise<void> = Promise.resolve();
  private writing: Promise<void> | undefined;
  private state: "not registered" | "open" | "closed" = "not registered";
  private hasAnnounced = false;

  constructor(private readonly options: AnnouncementsOptions) {}

  /** The instance is there, and nobody knows anything of it. */
  open(): void {
    if (this.state === "closed") return;
    this.state = "open";
    for (const interest of this.options.subscriptions.interests()) this.change(interest);
  }

  /** There may be a new interest, or one less. */
  change(interest: Interest): void {
    if (this.state !== "open") return;
    this.changed.set(keyOf(interest), interest);
    this.start();
  }

  /** Resolves when what holds for an interest now is written, or cannot be. */
  async written(interest: Interest): Promise<void> {
    const key = keyOf(interest);
    while (this.state === "open" && (this.changed.has(key) || this.inHand.has(key))) await this.turn;
  }

  private start(): void {
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
      if (this.changed.size && this.state === "open") this.start();
    });
  }

  /** Takes back what was announced, and leaves what was sent to this instance to nobody. */
  async close(): Promise<void> {
    this.state = "closed";
    await this.writing;
    if (!this.hasAnnounced) return;
    const { connection, tables, instance } = this.options;
    await connection.query(
      `with interests as (delete from ${tables.subscription} where instance = $1) delete from ${tables.notice} where instance = $1`,
      [instance],
    );
  }

  private async writeAll(): Promise<void> {
    // What is changed in one go is written together.
    await Promise.resolve();
    while (this.changed.size && this.state === "open") {
      const batch = [...this.changed].slice(0, atOnce);
      this.inHand = new Set(batch.map(([key]) => key));
      await (this.turn = this.writeThose(batch));
      this.inHand = new Set();
    }
  }

  private async writeThose(entries: readonly (readonly [key: string, Interest])[]): Promise<void> {
    for (const [key] of entries) this.changed.delete(key);
    try {
      await patiently(() => this.write(entries.map(([, interest]) => interest)));
    } catch (error) {
      // One that cannot be written, since no run can have such a name, must not take the others with it.
      if (!isTransient(error) && entries.length > 1) for (const entry of entries) await this.writeThose([entry]);
      else await this.failed(entries, error);
    }
  }

  private async failed(entries: readonly (readonly [key: string, Interest])[], error: unknown): Promise<void> {
    const workflows = [...new Set(entries.map(([, { workflowId }]) => `"${workflowId}"`))].join(", ");
    const message = `Subscribers do not hear here what happens in other processes to runs of ${workflows}`;
    this.options.logger.warn(`${message}${isTransient(error) ? " for now" : ""}: ${String(error)}`);
    if (!isTransient(error)) return;
    for (const [key, interest] of entries) this.changed.set(key, interest);
    await sleep(pause, undefined, { ref: false });
  }

  private async write(interests: readonly Interest[]): Promise<void> {
    const { connection, tables, instance, subscriptions } = this.options;
    this.hasAnnounced = true;
    await connection.query(
      `with input as (
        select * from unnest($2::text[], $3::text[], $4::bool[]) as i(workflow_id, transaction_id, wanted)
      ), gone as (
        delete from ${tables.subscription} s using input i
        where not i.wanted and s.instance = $1 and s.workflow_id = i.workflow_id
          and (s.transaction_id = i.transaction_id or (s.transaction_id is null and i.transaction_id is null))
      )
      insert into ${tables.subscription} (instance, workflow_id, transaction_id)
      select $1, workflow_id, transaction_id from input where wanted on conflict do nothing`,
      [
        instance,
        interests.map(({ workflowId }) => workflowId),
        interests.map(({ transactionId }) => transactionId ?? null),
        interests.map((interest) => subscriptions.has(interest)),
      ],
      tables.statement("announce_interests"),
    );
  }
}

const keyOf = ({ workflowId, transactionId }: Interest): string => JSON.stringify([workflowId, transactionId]);
