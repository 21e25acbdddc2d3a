import { defineErrors } from "@velella/kernel";

/** What keeps a test from going on. */
export const testingErrors = defineErrors("testing", {
  noPgBouncer: {
    type: "unexpected_state",
    message: () => "The program pgbouncer is not installed.",
    hint: () => "Ask hasPgBouncer() first.",
  },
  notStarted: {
    type: "unexpected_state",
    message: (program: string, exitCode: number | null) =>
      exitCode === null ? `${program} did not listen within ten seconds.` : `${program} ended before it listened, with code ${exitCode}.`,
  },
});
