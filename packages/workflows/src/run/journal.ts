import type { EventMessage, SharedContext } from "@velella/kernel";
import type { Phase, StepStatus } from "../rows/step-row";
import type { EarlierAttempts } from "./earlier-attempts";
import type { ErrorCopy } from "./error-copy";
import type { RunOutcome, StepFailure } from "./outcome";

/** What is known of a step of a run. */
export interface StepRecord {
  status: StepStatus;
  output?: unknown;
  compensateInput?: unknown;
  error?: ErrorCopy;
  attempts: number;
  /** Of a compensation: those that do not count against its retries, since someone has had it tried again after them. */
  uncounted?: number;
  /** The failed attempts before the next one: with this one, if it is to be tried again. */
  earlier?: EarlierAttempts | undefined;
  events?: EventMessage[];
  /** Of a step that waits: whether its time is over, by the clock of the database. */
  expired?: boolean;
  /**
   * Of a step that waits: the seconds until its time is over. Of one that is to be tried again: those until then; undefined
   * when someone has to ask for it.
   */
  dueIn?: number | undefined;
  /** Seconds since this was recorded. */
  age?: number;
}

/** One attempt of a step, as the journal needs to know it. */
export interface Attempt {
  key: string;
  phase: Phase;
  number: number;
  transactional: boolean;
  idempotencyKey: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Those before it; undefined where there are none, or only those on record. */
  earlier?: EarlierAttempts | undefined;
}

/** An attempt that succeeded. */
export interface Performed {
  attempt: Attempt;
  record: StepRecord;
}

/** What was done in one transaction. */
export interface Together {
  performed: readonly Performed[];
  /** Set where the run ends with it. */
  end?: RunEnd;
}

/** How a run ended, and the events that it then releases. */
export interface RunEnd {
  outcome: RunOutcome;
  events: EventMessage[];
}

/**
 * What a run remembers. The direct runner's forgets everything; the journalled one's survives the process. Its
 * methods may throw an {@link Interruption}, which ends the run in this process and is never a failure of the workflow.
 */
export interface Journal {
  /** Set when nothing is kept: what a step yields is only read by later steps, and a step that works needs no journal at all. */
  readonly forgets?: boolean;
  /** Set when an earlier process has begun the run. */
  readonly isResumed?: boolean;
  /** Set when an earlier process may have been at work on steps of which nothing is on record. */
  readonly wasLeftAtWork?: boolean;
  /** A value that was computed before, of a transform, a condition or a pure step, and the events held with it. */
  recall(key: string): { value: unknown; events?: EventMessage[] } | undefined;
  /**
   * Notes a computed value; it becomes durable with the next record, or before the next plain step begins.
   *
   * @param mark By which the next version of the code finds the value if it has moved; see `markOf`.
   */
  note(key: string, value: unknown, events?: EventMessage[], mark?: string): void;
  /** What earlier processes recorded of a step. */
  recorded(key: string, phase: Phase): StepRecord | undefined;
  /** Whether what is on record of a step came from outside while the run rested: nobody has been told of it. */
  isNews?(key: string, phase: Phase): boolean;
  /** Runs an attempt of a step with effects, and makes the record that it returns durable. What the attempt throws passes through. */
  perform(attempt: Attempt, run: (shared: SharedContext | undefined) => Promise<StepRecord>): Promise<StepRecord>;
  /**
   * Runs attempts of several steps in one transaction, and makes their records durable with it, and the end of the run when it
   * comes with them. Left out where there are no records. Rejects with what the attempts throw; nothing has happened then, and
   * what was noted meanwhile is forgotten.
   */
  performTogether?(run: (shared: SharedContext) => Promise<Together>): Promise<void>;
  /** Set when it is known that the steps cannot be done together. */
  readonly apart?: boolean;
  /** Tells whoever runs this of something that is no failure. */
  warn?(message: string): void;
  /** Makes the failure of a step durable, or that nobody knows what became of it. Returns what is on record then: an answer from outside may have been first. */
  fail(attempt: Attempt, record: StepRecord): Promise<StepRecord>;
  /**
   * Waits until the next attempt, without a time until someone asks for it. Returns when it is due, or interrupts.
   *
   * @param most Seconds after which the time of a nested workflow is over.
   */
  retryLater(attempt: Attempt, error: ErrorCopy, seconds: number | undefined, most?: number): Promise<void>;
  /** Waits for so long, or until someone asks to go on; interrupts. */
  pause(seconds: number | undefined): never;
  /** Makes it durable that an async step starts, so that an answer may come at any time from now on. */
  begin(attempt: Attempt, timeout: number | undefined): Promise<void>;
  /**
   * Waits for the answer from outside; interrupts until it is there, or the step's time is over.
   *
   * @param again Seconds after which the step is called again, counted from the last time.
   */
  waitForAnswer(attempt: Attempt, again?: number): Promise<StepRecord>;
  /** What is on record of a step by now, which may have been answered since it began to wait. */
  readAgain(key: string, phase: Phase): Promise<StepRecord | undefined>;
  /** Seconds since the run began, in whichever process that was. */
  readonly secondsSinceBegin: number;
  /** Has a run that rests be woken within so many seconds. */
  wakeWithin?(seconds: number): void;
  /** Seconds until the workflow's timeout; undefined where it has none. */
  readonly secondsLeft: number | undefined;
  /** Is aborted when the run is cancelled while it goes on; undefined where it cannot be. */
  readonly cancellation?: AbortSignal;
  /** Whether the run is to be undone although no step failed. */
  readonly stop: "cancelled" | "timed out" | undefined;
  /** The failures for which an earlier process turned round: the run goes back only, and does nothing new. */
  readonly turned: readonly StepFailure[] | undefined;
  /** Makes it durable that the run turns round, and everything noted so far. */
  turn(failures: readonly StepFailure[]): Promise<void>;
  /** Makes the end of the run durable, and releases its events when it succeeded; undefined where there is nothing to do. */
  finish(outcome: RunOutcome, events: EventMessage[]): Promise<void> | undefined;
}

/** Why a run does not go on in this process. */
export class Interruption extends Error {
  override readonly name = "Interruption";

  constructor(
    /**
     * `waiting`: for an answer or a time. `fenced`: another instance has the run. `lost`: the database cannot be
     * reached, or left open whether a transaction was committed; the run is taken up again from what is recorded.
     * `apart`: it cannot be done in one transaction, so that it needs records; nothing has happened yet.
     */
    readonly kind: "waiting" | "fenced" | "lost" | "apart",
    override readonly cause?: unknown,
  ) {
    super(kind === "apart" ? "The run cannot be made in one transaction." : `The run is ${kind} here.`);
  }
}
