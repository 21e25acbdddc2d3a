/** How a workflow behaves. Times are in seconds. */
export interface WorkflowOptions {
  /** Keeps the execution after its end, for `retentionTime`, or for good without one. */
  store?: boolean;
  /** Seconds that the execution is kept after its end. */
  retentionTime?: number;
  /** Seconds that a run may take; then it is undone. */
  timeout?: number;
  /** A second run with the transaction id of one that is kept returns that one's result. */
  idempotent?: boolean;
  /** Runs on its own: a cron expression (five fields, or six with seconds), or an interval in milliseconds. */
  schedule?: string | WorkflowSchedule;
  /** `false`: the run is not journalled. A kill in the middle of it leaves its steps half done. */
  durable?: boolean;
  /** Changes when the meaning of steps changes under the same names: runs of another version are parked. */
  version?: string | number;
}

export interface WorkflowSchedule {
  cron?: string;
  /** Milliseconds. */
  interval?: number;
  numberOfExecutions?: number;
  /** IANA name of the timezone of the cron expression; that of the server by default. */
  timezone?: string;
}
