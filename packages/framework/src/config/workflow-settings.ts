import type { WorkflowEngineOptions } from "@velella/workflows";
import { z } from "zod";

/** Settings of the workflow engine. What is left out has the engine's own default. */
export const workflowSettingsSchema = z.looseObject({
  /** Seconds without a sign of life after which other processes take over the runs of one; 30 by default. */
  leaseSeconds: z.number().positive().optional(),
  /** Seconds after which an event loop that does not turn counts as dead; 300 by default. */
  blockedLoopSeconds: z.number().positive().optional(),
  /** How often the process of a run may die in a row, without getting further, before the run is parked; 5 by default. */
  parkAfter: z.number().int().positive().optional(),
  /** Milliseconds between two looks for work; 250 by default. */
  pollInterval: z.number().positive().optional(),
  /** Bytes of JSON that one value of a run may have; 16,777,216 by default. */
  maxPayloadBytes: z.number().int().positive().optional(),
  /** Seconds that delivered events are kept, to be listed and replayed; 3600 by default. */
  eventRetention: z.number().nonnegative().optional(),
  /** Seconds that deliveries which were put aside as dead are kept; 2,592,000 by default. */
  deadRetention: z.number().nonnegative().optional(),
  /** Seconds that a subscriber or a job is remembered when no process has it any more; 86,400 by default. */
  rememberSeconds: z.number().positive().optional(),
  /** How often an event is tried with a subscriber that fails; 5 by default. */
  maxDeliveryAttempts: z.number().int().positive().optional(),
  /** Seconds before the second attempt, doubled for each further one; 1 by default. */
  deliveryBackoff: z.number().nonnegative().optional(),
  /** Seconds that a process which stops waits for what is at work, before it is left to others; 20 by default. */
  stopSeconds: z.number().nonnegative().optional(),
});

type Settings = z.output<typeof workflowSettingsSchema>;
type SettingName = keyof typeof workflowSettingsSchema.shape;

const names = Object.keys(workflowSettingsSchema.shape) as SettingName[];

/** The options of the engine that a config sets; nothing but those which it may set. */
export function engineSettings(settings: Settings): Partial<Pick<WorkflowEngineOptions, SettingName>> {
  return Object.fromEntries(names.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]));
}
