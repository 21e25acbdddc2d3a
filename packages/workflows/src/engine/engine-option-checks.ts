import { engineErrors } from "../errors/engine-errors";
import { checkOptions, flag, func, having, name, oneOf, required, seconds, wholeFromOne } from "../options/option-checks";
import type { OptionCheck, OptionChecks } from "../options/option-checks";
import type { WorkflowEngineOptions } from "./engine-options";

/** The longest time of a timer of Node.js; a longer one would ring at once. */
const longestTimer = 2_147_483_647;

const isPositive = (value: unknown, most: number): boolean => typeof value === "number" && value > 0 && value <= most;
const isSecret = (value: unknown): boolean => typeof value === "string" && value !== "";

const interval: OptionCheck = {
  expected: `a number of milliseconds above 0, and no more than ${longestTimer}`,
  holds: (value) => isPositive(value, longestTimer),
};
const lease: OptionCheck = {
  expected: `a number of seconds above 0, and no more than ${Math.floor(longestTimer / 1000)}`,
  holds: (value) => isPositive(value, longestTimer / 1000),
};
const connection = having("a connection, such as createPgConnection makes it", "query", "transaction", "session");

const checks: OptionChecks<WorkflowEngineOptions> = {
  connection: required(connection),
  checkpoints: connection,
  container: having("a container", "resolve", "createScope"),
  logger: having("a logger", "warn", "error"),
  registries: having("registries, such as createAppRegistries makes them", "get"),
  contextFor: func,
  mode: oneOf("shared", "worker", "server"),
  schema: name,
  journalAll: flag,
  pollInterval: interval,
  leaseSeconds: lease,
  sessionLock: flag,
  listen: flag,
  leaseConnection: {
    expected: "{ connectionString } in the terms of pg",
    holds: (value) => typeof (value as WorkflowEngineOptions["leaseConnection"] | null)?.connectionString === "string",
  },
  blockedLoopSeconds: lease,
  parkAfter: wholeFromOne(),
  secret: {
    expected: "a text that is not empty, or a list of such texts",
    holds: (value) => isSecret(value) || (Array.isArray(value) && value.every(isSecret)),
  },
  maxPayloadBytes: wholeFromOne(Number.MAX_SAFE_INTEGER),
  transport: having("a transport, such as createBullTransport makes it", "start", "carry", "stop"),
  maxDeliveryAttempts: wholeFromOne(),
  deliveryBackoff: seconds,
  stopSeconds: seconds,
  sweepInterval: { expected: "a number of milliseconds that is not negative", holds: (value) => typeof value === "number" && value >= 0 },
  eventRetention: seconds,
  deadRetention: seconds,
  rememberSeconds: seconds,
};

/** Refuses options that an engine does not have, and values that cannot be meant. @throws `engine.unknown_option`, `engine.bad_option` */
export function checkEngineOptions(options: WorkflowEngineOptions): void {
  checkOptions("The workflow engine", options, checks, engineErrors);
}
