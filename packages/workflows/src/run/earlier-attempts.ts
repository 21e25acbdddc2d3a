import type { ErrorCopy } from "./error-copy";
import type { StepRecord } from "./journal";

/** An attempt of a step, or of its compensation, that failed and was followed by another one. */
export interface EarlierAttempt {
  /** 1 for the first. */
  attempt: number;
  /** When it began and ended, by the clock of the process that made it: as ISO 8601. */
  started_at: string;
  finished_at: string;
  error: Pick<ErrorCopy, "name" | "message">;
}

/** The attempts of a step before its last one. */
export interface EarlierAttempts {
  /** In their order: the first and the last of them, where there are too many. */
  attempts: readonly EarlierAttempt[];
  /** How many were left out between them. */
  left_out: number;
}

/** The number of the attempt that is on record as the last one: one that only began is made again, and has none yet. */
export function attemptsMade(known: StepRecord | undefined): number {
  if (!known) return 0;
  return known.status === "starting" ? known.attempts - 1 : known.attempts;
}

const most = 10;
/** How many of the first ones are kept: what went wrong at the beginning is often the cause of the rest. */
const first = 3;
/** Characters of a message that are kept. */
const longestMessage = 1000;

/** Adds an attempt that failed, and leaves out one of those in the middle when there are too many. */
export function withAttempt(
  earlier: EarlierAttempts | undefined,
  attempt: number,
  { startedAt, finishedAt }: { startedAt: number; finishedAt: number },
  { name, message }: ErrorCopy,
): EarlierAttempts {
  const { attempts = [], left_out = 0 } = earlier ?? {};
  const text = message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
  const times = { started_at: new Date(startedAt).toISOString(), finished_at: new Date(finishedAt).toISOString() };
  const added = { attempt, ...times, error: { name, message: text } };
  if (attempts.length < most) return { attempts: [...attempts, added], left_out };
  return { attempts: [...attempts.slice(0, first), ...attempts.slice(first + 1), added], left_out: left_out + 1 };
}
