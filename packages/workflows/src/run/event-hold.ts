import { ambient } from "@velella/kernel";
import type { AmbientContext, EventMessage } from "@velella/kernel";
import type { RunIdentity } from "./step-context";

/** A place for the events of a run that is ending, and that its step waits for. */
export interface HeldPlace {
  fill(events: readonly EventMessage[]): void;
  /** Lets the step go on; may be called again. */
  leave(): void;
}

/** Takes the events of one attempt of a step, until its function has ended. */
export class EventHold implements AmbientContext {
  private isOver = false;
  private places = 0;
  private goOn: (() => void) | undefined;

  constructor(
    readonly run: RunIdentity,
    /** Those that were taken. */
    readonly events: EventMessage[] = [],
  ) {}

  get eventGroupId(): string {
    return this.run.eventGroupId;
  }

  holdEvents(messages: readonly EventMessage[]): boolean {
    if (!this.isOver) this.events.push(...messages);
    return !this.isOver;
  }

  /** Keeps the step from being over until a run which is ending has filled its place, or left it. Undefined: it is over. */
  reserve(): HeldPlace | undefined {
    if (this.isOver) return undefined;
    this.places++;
    let isTaken = true;
    return {
      fill: (events) => void this.events.push(...events),
      leave: () => {
        if (isTaken && --this.places === 0) this.goOn?.();
        isTaken = false;
      },
    };
  }

  /** The step is over; a promise where it is so once all places are left. */
  close(): Promise<void> | undefined {
    this.isOver = true;
    return this.places ? new Promise((resolve) => (this.goOn = resolve)) : undefined;
  }
}

/**
 * What holds the events of a run that begins here: the step around it, where the run was given the step's context and so belongs
 * to its group of events.
 */
export function outerHold(eventGroupId: unknown): EventHold | undefined {
  const outer = ambient();
  return outer instanceof EventHold && outer.eventGroupId === eventGroupId ? outer : undefined;
}
