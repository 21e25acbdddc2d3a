/** The promise's result, or the error when it takes longer. What it does then goes on unheard: it cannot be stopped. */
export async function withTimeout(work: unknown, seconds: number, error: () => Error): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(error()), seconds * 1000);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
