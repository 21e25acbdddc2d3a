import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { isTransient } from "./errors";

// A database that restarts is back within seconds; what takes longer is left to whoever lives then.
const patience = 30_000;

/**
 * Tries again while the database is away for a moment, up to half a minute from the first failure on. Only for what may be
 * done twice: a connection that breaks does not tell whether the statement was carried out.
 *
 * @param isPassing Whether an error may be another one a moment later.
 */
export async function patiently<T>(run: () => Promise<T>, isPassing: (error: unknown) => boolean = isTransient): Promise<T> {
  let giveUpAt: number | undefined;
  for (let pause = 20; ; pause = Math.min(pause * 2, 1000)) {
    try {
      return await run();
    } catch (error) {
      giveUpAt ??= performance.now() + patience;
      if (!isPassing(error) || performance.now() > giveUpAt) throw error;
      await sleep(pause);
    }
  }
}
