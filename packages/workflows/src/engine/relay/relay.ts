import type { Listener, RunEventHandlers } from "../../run/run-events";
import { Bell, noticesAreThere } from "../bell";
import type { RunNames } from "../endings";
import type { RunningRun } from "../executor";
import type { Interest, Subscriptions } from "../subscriptions";
import { Announcements } from "./announcements";
import { FollowedRuns } from "./followed-runs";
import { IncomingNotices } from "./incoming-notices";
import { KeptHandlers } from "./kept-handlers";
import type { HandledRun } from "./kept-handlers";
import { OutgoingNotices } from "./outgoing-notices";
import type { RelayServices } from "./relay-services";

/** What a {@link Relay} works with. */
export interface RelayOptions extends RelayServices {
  subscriptions: Subscriptions;
  /** Milliseconds between two looks for what others sent. */
  pollInterval: number;
  /** Milliseconds between two looks for what is left over. */
  sweepInterval: number;
  /** The runs that are at work here, if there may be anybody else to follow them. */
  running(): readonly RunningRun[];
}

/** Seconds after which what nobody took is removed. */
const retention = 60;

/**
 * Carries what happens in journalled runs to the subscribers of other instances. An instance announces what it has
 * subscribers to; whoever has such a run at work sends notices of what happens in it, which the instance takes when it is
 * told of them, and at a steady pace. Each notice comes at most once, those of one run in their order; one may be lost.
 */
export class Relay {
  /** The runs at work here that others follow. */
  readonly followed: FollowedRuns;
  private readonly announcements: Announcements;
  private readonly outgoing: OutgoingNotices;
  private readonly incoming: IncomingNotices;
  private readonly handlers: KeptHandlers;
  private readonly bell: Bell;
  private readonly send: Listener;
  private isOpen = false;

  constructor(private readonly options: RelayOptions) {
    const { connection, tables, logger, instance, running, subscriptions, sweepInterval: interval } = options;
    this.followed = new FollowedRuns({ connection, tables, logger, instance, running });
    this.announcements = new Announcements(options);
    this.incoming = new IncomingNotices(options);
    this.bell = new Bell({ connection, tables, logger, message: noticesAreThere });
    this.outgoing = new OutgoingNotices({ connection, tables, logger, instance, onSent: () => this.bell.ring() });
    const announced = (interest: Interest) => this.announcements.written(interest);
    this.handlers = new KeptHandlers({ connection, tables, logger, subscriptions, interval, announced });
    this.send = (notification) => this.outgoing.send(notification);
  }

  /** The instance is registered: at first, or again when the others had forgotten it. */
  open(): void {
    this.isOpen = true;
    this.announcements.open();
    this.receive();
  }

  /** Subscribers came or went. */
  changed(interest: Interest): void {
    this.announcements.change(interest);
    if (this.isOpen) this.receive();
  }

  /** Those who want to know what happens in a run: here, and elsewhere. */
  listeners(run: RunNames): readonly Listener[] {
    const here = this.options.subscriptions.listeners(run.workflowId, run.transactionId);
    return this.followed.has(run) ? [...here, this.send] : here;
  }

  /**
   * Has the handlers of a run that is given back hear of it to its end. Resolves when whoever takes it up knows that, so that
   * nothing is missed.
   */
  keep(run: HandledRun, handlers: RunEventHandlers): Promise<void> {
    return this.handlers.keep(run, handlers);
  }

  /** There are notices for some instance. */
  wake(): void {
    this.incoming.wake();
  }

  /** Resolves when what happened here by now is sent, so that what happens next elsewhere comes after it. */
  settled(): Promise<void> {
    return this.outgoing.settled();
  }

  /** Resolves when subscribers here know what happened elsewhere by now, so that what happens next here comes after it. */
  caughtUp(): Promise<void> {
    return this.incoming.catchUp();
  }

  /** Removes what nobody took in time, and what is left of instances that are gone. */
  async sweep(limit: number): Promise<number> {
    const { connection, tables } = this.options;
    const { rowCount } = await connection.query(
      `with interests as (delete from ${tables.subscription} where instance not in (select id from ${tables.instance}))
      delete from ${tables.notice} where id in (
        select id from ${tables.notice} where created_at < now() - ${retention} * interval '1 second' limit $1 for update skip locked
      )`,
      [limit],
    );
    return rowCount;
  }

  /** Sends what there is by now, tells nobody here any more, and takes back what was announced. */
  async stop(): Promise<void> {
    this.isOpen = false;
    this.handlers.stop();
    this.followed.stop();
    await this.outgoing.stop();
    this.bell.stop();
    await this.incoming.turn(false);
    await this.announcements.close();
  }

  private receive(): void {
    void this.incoming.turn(!this.options.subscriptions.isEmpty);
  }
}
