import type { SharedContext } from "@velella/kernel";
import type { LoadedProvider } from "../modules/providers";
import { lockErrors } from "./errors";
import type { AcquireOptions, ExecuteOptions, LockedJob, LockProvider, OwnerOptions } from "./lock-provider";

/** Which provider is asked; the default one unless told. */
export interface ProviderChoice {
  /** Its `id` in the config. */
  provider?: string;
}

/**
 * Locks by name, resolved as `locking`. A lock is held by an owner, not by a process: a later step on another
 * instance can release what an earlier one acquired.
 *
 * @example
 * await locking.execute(`cart:${id}`, async () => { … }, { timeout: 10 });
 */
export class LockingService {
  private readonly providers: ReadonlyMap<string, LockProvider>;
  private readonly fallback: LockProvider;

  constructor({ lockProviders }: { lockProviders: readonly LoadedProvider<LockProvider>[] }) {
    this.providers = new Map(lockProviders.map(({ id, service }) => [id, service]));
    const chosen = lockProviders.find(({ isDefault }) => isDefault) ?? lockProviders[0];
    this.fallback = (chosen as LoadedProvider<LockProvider>).service;
  }

  /**
   * Waits for its turn, runs a job while nobody else has any of the keys, and gives the job's result. The job has the
   * locks for itself: other jobs, also those that it runs itself, and all owners wait. Within a process those who wait
   * for one key come in the order in which they asked; several processes take turns.
   *
   * @param job Gets a signal, which is aborted when the lock is lost: when the `expire` that was given is over, or when
   *   the process was frozen, or cut off from where the locks are, for longer than its lease (30 seconds).
   * @throws `Failed to acquire lock for key "…"` (reason `locking.not_acquired`) when the turn did not come within
   *   `timeout` seconds (5 by default); `locking.lost` when the job lost its lock, once it has ended; what the job throws;
   *   `locking.bad_key` for keys that are not texts of 1 to 800 characters, `locking.bad_job`.
   */
  execute<T>(
    keys: string | string[],
    job: LockedJob<T>,
    options: ExecuteOptions & ProviderChoice = {},
    context?: SharedContext,
  ): Promise<T> {
    return this.provider(options).execute(keys, job, options, context);
  }

  /**
   * Takes locks: all of them or none, without waiting unless there is a `timeout`. An owner that has some already keeps
   * them, with the new `expire`.
   *
   * @throws `Failed to acquire lock for key "…"` (reason `locking.not_acquired`) when somebody else has one of them, to the
   *   end of `timeout`; a lock without an owner is somebody else's for everybody.
   */
  acquire(keys: string | string[], options: AcquireOptions & ProviderChoice = {}, context?: SharedContext): Promise<void> {
    return this.provider(options).acquire(keys, options, context);
  }

  /** Gives back what the owner has of the keys, wherever it was acquired; false when that was not all of them. */
  release(keys: string | string[], options: OwnerOptions & ProviderChoice = {}, context?: SharedContext): Promise<boolean> {
    return this.provider(options).release(keys, options, context);
  }

  /** Gives back all locks of an owner; without one, those that were taken without an owner. */
  releaseAll(options: OwnerOptions & ProviderChoice = {}, context?: SharedContext): Promise<void> {
    return this.provider(options).releaseAll(options, context);
  }

  /** Closes what the providers opened. */
  async dispose(): Promise<void> {
    await Promise.all([...this.providers.values()].map(async (provider) => provider.dispose?.()));
  }

  private provider({ provider }: ProviderChoice): LockProvider {
    if (provider === undefined) return this.fallback;
    const found = this.providers.get(provider);
    if (!found) throw lockErrors.unknownProvider(provider, [...this.providers.keys()]);
    return found;
  }
}
