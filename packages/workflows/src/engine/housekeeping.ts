import { Every } from "../monotonic-clock";
import { allOf } from "./all-of";
import { cancelledIn, noticesAreThere } from "./bell";
import type { EngineParts } from "./engine-parts";
import { look } from "./look";
import { reap } from "./reap";

/** Milliseconds between two removals of what is too old. */
export const defaultSweepInterval = 60_000;

/** Finds the work that there is for this instance, and tells others of theirs. */
export class Housekeeping {
  /** Whether there are other instances, by the last look: alone, there is nobody to be told. Who does not look does not know. */
  hasOthers = true;
  private readonly sweepTurn: Every;

  constructor(private readonly parts: EngineParts) {
    this.sweepTurn = new Every(parts.options.sweepInterval ?? defaultSweepInterval, true);
  }

  /** There are runs to go on with, here or elsewhere. */
  runsAreThere(): void {
    this.parts.poller.wakeIn(0);
    this.tellOthers();
  }

  tellOthers(): void {
    if (this.hasOthers) this.parts.bell.ring();
  }

  /** What another instance tells: which run is cancelled, that there is something for subscribers, or that there is work. */
  hear(notice: string): void {
    if (notice === noticesAreThere) return this.parts.relay.wake();
    const cancelled = cancelledIn(notice);
    if (cancelled === undefined) this.parts.poller.wakeIn(0);
    else this.stopRuns([cancelled]);
  }

  stopRuns(cancelled: readonly string[]): void {
    for (const id of cancelled) this.parts.executor.cancel(id);
  }

  /** One look for work: at the dead, at what is due, at what is old. Returns the seconds until something is due. */
  async look(): Promise<number | undefined> {
    const { checkpoints, tables, instance, strays, takingUp, automation, options } = this.parts;
    const found = await look(checkpoints, tables, instance.id);
    this.hasOthers = found.others;
    this.stopRuns(found.cancelled);
    if (found.lost) instance.renew();
    if (found.dead && (await reap(checkpoints, tables, instance.id, options.parkAfter ?? 5))) {
      found.runs = found.suspects = found.tasks = true;
    }
    if (await strays.look()) found.runs = found.tasks = true;
    if (found.runs || found.suspects || found.misfits) await takingUp.look(found);
    if (found.tasks) await automation.look();
    if (this.sweepTurn.isDue()) await this.sweep();
    return found.next;
  }

  private async sweep(): Promise<void> {
    const { executions, automation, relay } = this.parts;
    await allOf((limit) => executions.sweep(limit));
    await automation.sweep(allOf);
    await allOf((limit) => relay.sweep(limit));
  }
}
