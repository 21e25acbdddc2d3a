import { defineErrors } from "@velella/kernel";

/** What can go wrong with locks. */
export const lockErrors = defineErrors("locking", {
  notAcquired: {
    type: "unexpected_state",
    message: (key: string) => `Failed to acquire lock for key "${key}"`,
    hint: () => "Someone else holds it. Try again later, or wait for it with a timeout.",
  },
  lost: {
    type: "unexpected_state",
    message: (keys: readonly string[], reason: string) =>
      `The lock for ${keys.map((key) => `"${key}"`).join(", ")} was lost while its job ran: ${reason}.`,
    hint: () =>
      `Someone else may have worked at the same time. Stop the job when its signal is aborted, or give it more time with "expire".`,
  },
  badTime: {
    type: "invalid_argument",
    message: (option: string, value: unknown) => `"${option}" of a lock is a number of seconds, not ${String(value)}.`,
  },
  unknownProvider: {
    type: "invalid_argument",
    message: (id: string, known: readonly string[]) => `There is no lock provider "${id}"; there are ${known.join(", ")}.`,
    hint: () => `Add it to "providers" in the options of the locking module.`,
  },
});
