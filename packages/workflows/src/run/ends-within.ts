// What a timer can hold: one that is set for longer fires at once.
const longestTimer = 2 ** 31 - 1;

/** Whether work ends within so many seconds; 24 days and more are for ever. When it does not, it goes on unheard. */
export async function endsWithin(work: Promise<unknown>, seconds: number): Promise<boolean> {
  if (seconds * 1000 > longestTimer) return work.then(() => true);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  try {
    return await Promise.race([work.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
