export { hasPgBouncer, startPgBouncer } from "@velella/data/testing";
export type { Pooler } from "@velella/data/testing";

/** What an engine does without behind a pooler in transaction mode. */
export const poolerOptions = { sessionLock: false, listen: false } as const;
