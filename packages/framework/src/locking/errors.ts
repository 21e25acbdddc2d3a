import { inspect } from "node:util";
import { defineErrors } from "@velella/kernel";

/** What can go wrong with locks. */
export const lockErrors = defineErrors("locking", {
  notAcquired: {
    type: "unexpected_state",
    message: (key: string, _wanted: readonly string[], _waitedSeconds?: number) => `Failed to acquire lock for key "${key}"`,
    hint: (_key: string, wanted: readonly string[], waitedSeconds?: number) =>
      `Someone else holds it${wanted.length > 1 ? `, so none of ${named(wanted)} was taken` : ""}. ${
        waitedSeconds
          ? `It was not given back within the ${waitedSeconds} seconds of the "timeout".`
          : `Try again later, or wait for it with a "timeout".`
      }`,
  },
  lost: {
    type: "unexpected_state",
    message: (keys: readonly string[], reason: string) => `The lock for ${named(keys)} was lost while its job ran: ${reason}.`,
    hint: () =>
      `Someone else may have worked at the same time. Stop the job when its signal is aborted, or give it more time with "expire".`,
  },
  notExtended: {
    type: "unexpected_state",
    message: (keys: readonly string[], cause: unknown) =>
      `The lock for ${named(keys)} could not be extended: ${reasonOf(cause)}. Its job runs on, and this is tried again until the lock ends.`,
  },
  notGivenBack: {
    type: "unexpected_state",
    message: (keys: readonly string[], cause: unknown) =>
      `The lock for ${named(keys)} could not be given back: ${reasonOf(cause)}. It ends by itself.`,
  },
  unknownOutcome: {
    type: "unexpected_state",
    message: (keys: readonly string[]) =>
      `Whether all of ${named(keys)} were held is not known: the connection to Redis was lost while they were given back`,
    hint: () => `They are given back now. Release them again if you have to be sure.`,
  },
  badTime: {
    type: "invalid_argument",
    message: (option: string, value: unknown) => `"${option}" of a lock is a number of seconds, not ${String(value)}.`,
    hint: () => `Give 0 or more, and no infinity; "expire" with 0 means that the lock does not end by itself.`,
  },
  badKey: {
    type: "invalid_argument",
    message: (key: unknown, longest: number) =>
      `A key of a lock is a text of 1 to ${longest} characters, without NUL and halves of characters, not ${shown(key)}.`,
    hint: () => "Look at where the key comes from: most often an id in it is missing.",
  },
  badOwner: {
    type: "invalid_argument",
    message: (owner: unknown, longest: number) =>
      `"ownerId" of a lock is a text of at most ${longest} characters, without NUL and halves of characters, not ${shown(owner)}.`,
    hint: () => "Give a text that names the owner wherever it acts, such as the id of a run; leave it out for nobody in particular.",
  },
  badJob: {
    type: "invalid_argument",
    message: (job: unknown) => `The job that is to run under a lock is a function, not ${shown(job)}.`,
    hint: () => "Write: await locking.execute(key, async () => { … })",
  },
  unknownProvider: {
    type: "invalid_argument",
    message: (id: string, known: readonly string[]) => `There is no lock provider "${id}"; there are ${known.join(", ")}.`,
    hint: () => `Add it to "providers" in the options of the locking module.`,
  },
});

/** What came instead, in one line. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : inspect(value, { breakLength: Infinity, depth: 0 });
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function named(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(", ");
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
