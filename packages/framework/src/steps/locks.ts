import type { Container } from "@velella/kernel";
import { createStep, StepResponse } from "@velella/workflows";

/** What `acquireLockStep` is given. */
export interface AcquireLockInput {
  /** What to lock; several keys are locked together or not at all. Empty keys lock nothing. */
  key: string | string[];
  /** Seconds to wait for the lock; 0, the default, tries once. */
  timeout?: number;
  /** Seconds between tries; 0.3 by default. What is given back in the same process is passed on at once. */
  retryInterval?: number;
  /** Seconds after which the lock is free by itself; never by default. */
  ttl?: number;
  /** Who has the lock; the run of the workflow by default, so that its later steps release it wherever they run. */
  ownerId?: string;
  /** `id` of a lock provider in the config; the default one unless told. */
  provider?: string;
}

/** What `releaseLockStep` is given. */
export type ReleaseLockInput = Pick<AcquireLockInput, "key" | "ownerId" | "provider">;

interface HeldLock {
  keys: string[];
  ownerId: string;
  provider?: string;
}

const keysOf = (key: string | string[]): string[] => [key].flat().filter(Boolean);

/**
 * Locks something for the rest of the workflow, until {@link releaseLockStep}; a workflow that fails gives it back.
 *
 * @throws `Failed to acquire lock for key "…"` when somebody else has it for longer than `timeout`; `locking.bad_time`.
 */
export const acquireLockStep = createStep(
  "acquire-lock-step",
  async (input: AcquireLockInput, { container, transactionId }) => {
    const lock: HeldLock = { keys: keysOf(input.key), ownerId: input.ownerId ?? transactionId, provider: input.provider };
    if (lock.keys.length === 0) return new StepResponse(undefined, lock);
    const { keys, ...owner } = lock;
    const { ttl: expire, timeout, retryInterval = 0.3 } = input;
    await container.resolve("locking").acquire(keys, { ...owner, expire, timeout, retryInterval });
    return new StepResponse(undefined, lock);
  },
  async (lock, { container }) => {
    if (lock?.keys.length) await release(container, lock);
  },
);

/** Gives back what {@link acquireLockStep} locked in the same workflow, or what the owner named has. */
export const releaseLockStep = createStep("release-lock-step", async (input: ReleaseLockInput, { container, transactionId }) => {
  const keys = keysOf(input.key);
  const released =
    keys.length === 0 || (await release(container, { keys, ownerId: input.ownerId ?? transactionId, provider: input.provider }));
  return new StepResponse(released);
});

function release(container: Container, { keys, ...owner }: HeldLock): Promise<boolean> {
  return container.resolve("locking").release(keys, owner);
}
