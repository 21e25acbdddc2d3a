import type { EventMessage } from "@velella/kernel";
import type { WorkflowEngine } from "@velella/workflows";
import type { CachingService } from "./caching-service";

/** Id of the subscriber, beside those of the app. */
const subscriberId = "velella.caching";

/**
 * Forgets cached data about records of which an event tells (`product.updated` with `{ id }`), and lists of them.
 * Events are delivered after the commit of what they tell, so nobody fills the cache with what was there before.
 */
export function invalidateOnEvents(engine: WorkflowEngine, caching: CachingService): void {
  engine.subscribers.add({ id: subscriberId, events: ["*"], handler: (event) => forgetChanged(caching, event) });
}

async function forgetChanged(caching: CachingService, { name, data }: EventMessage): Promise<void> {
  const { id } = (typeof data === "object" && data !== null ? data : {}) as { id?: unknown };
  const ids = [id].flat().filter((each): each is string => typeof each === "string");
  // Of "product.product.updated" the second part is the entity, the first its module.
  const entity = name.split(".").at(-2);
  if (entity !== undefined && ids.length > 0) await caching.changed(entity, ids);
}
