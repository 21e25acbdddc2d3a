/** What an engine does without behind a pooler in transaction mode. */
export const poolerOptions = { sessionLock: false, listen: false } as const;
