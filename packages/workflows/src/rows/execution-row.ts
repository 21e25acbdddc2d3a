/**
 * Where a run may stand, with who says so and what follows. The row of a run has the states of {@link ExecutionState}; the other two
 * are never written.
 */
export const transactionStates = [
  /** Not begun, or not in this process. Then `invoking`. */
  "not_started",
  /**
   * Goes on, waits, or is parked. Set by `ExecutionStore.start`, and by `ExecutionSteering.cancel` for a run that was done. Then
   * `done`, or `compensating`.
   */
  "invoking",
  /** Told to whoever cancels a run that no instance takes up at once: its row says `invoking`, and `cancelled`. */
  "waiting_to_compensate",
  /**
   * Is undone, because a step failed for good, or it was cancelled, or its time was over. Set by `ExecutionStore.turnRound`, and by
   * `ExecutionSteering.setGoing` for a run that could not be undone. Then `reverted`, or `failed`.
   */
  "compensating",
  /** Has succeeded. Set by `ExecutionStore.finish`. While it is kept it may be cancelled; then it is `invoking` again, to be undone. */
  "done",
  /** Is undone. Set by `ExecutionStore.finish`. Nothing follows. */
  "reverted",
  /** Could not be undone. Set by `ExecutionStore.finish`, and kept until a person has it go on: then it is `compensating` again. */
  "failed",
] as const;

/** Where a run stands. */
export type TransactionState = (typeof transactionStates)[number];

/** The states that the row of a run may have. */
export type ExecutionState = Exclude<TransactionState, "not_started" | "waiting_to_compensate">;

/**
 * A journalled run. An instance has it by the pair of `owner` and `epoch`: whatever it writes of the run, or of its steps, is
 * written only while both are still as they were when it claimed it.
 *
 * Who has no owner and has not ended waits: for a time (`wake_at`), for an answer or a cancellation (neither), or for a person or
 * another version of the code (`parked`).
 */
export interface ExecutionRow {
  /** `wf_exec_…` */
  id: string;
  workflow_id: string;
  /** At most one run of a workflow lives under it; where that is `idempotent`, at most one is there. The index `velella_execution_live`. */
  transaction_id: string;
  /** A ULID, which callers get. */
  run_id: string;
  state: ExecutionState;
  /** The version of the plan that it began with, as `planVersion` makes it. Read by who takes it up, to see whether it fits. */
  plan_hash: string;
  /** As `Payloads` pack it, and so is `result`. */
  input: string | null;
  /** JSON of what steps get as their context, with `eventGroupId`, and the span in which the run began. */
  context: string | null;
  result: string | null;
  /** JSON of the failures: of those for which it turned round from then on, of all when it has ended. */
  errors: string | null;
  /** The instance that has it; null while nobody does. */
  owner: string | null;
  /** Grows with each claim. */
  epoch: number;
  /** When a run without an owner is due; null where only an answer, a retry or a cancellation makes it so. */
  wake_at: Date | null;
  /** It was answered or cancelled while someone had it, who may not have seen that: it is due as soon as it is given back. */
  poked: boolean;
  /** When the timeout of its workflow is over. It is due then at the latest, while it is `invoking`. */
  deadline: Date | null;
  /** It is to be undone. Its owner hears so with each record that it writes and each renewal of its lease. */
  cancelled: boolean;
  /** The option of its workflow. */
  idempotent: boolean;
  /** Someone elsewhere may wait for its end: its row outlives that by a minute. */
  watched: boolean;
  /** How many owners in a row died before it got further. From 2 on it is taken up alone; see `TakingUp`. */
  unclean: number;
  /** How many steps were on record when its owner died last: by that `reap` sees whether it got further since. */
  seen_steps: number;
  /** Why it is put aside until someone has it go on, or an instance comes that it fits (see `misfitEndings`). */
  parked: string | null;
  /** The option of its workflow: it is kept when it has ended. */
  store: boolean;
  /** For how long: by the option of its workflow, or a day where that is idempotent. */
  retention_seconds: number | null;
  /** When it may be removed, once it has ended; null for never. */
  keep_until: Date | null;
  created_at: Date;
  updated_at: Date;
  /** Set when it has ended, and null again when it goes on after that. */
  finished_at: Date | null;
  /**
   * The epoch in which it last came to rest, with no step at work. Where that is the one before the present, whoever has it need
   * not fear that a step was begun of which there is no record.
   */
  rested_epoch: number | null;
  /** Keys of the step records that it waited for then, as JSON. Who takes it up tells of answers that have come to these since. */
  awaited: string | null;
}
