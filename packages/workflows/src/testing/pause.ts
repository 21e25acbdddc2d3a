/** Waits for a time, in which something else goes on or nothing may happen. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
