/** How often a shape has to come before its statement is given a name, and so stays prepared on the server. */
const usesBeforeNaming = 3;

const longestKey = 20_000;

interface Entry<Plan> {
  plan: Plan;
  uses: number;
  name: string | undefined;
}

let lastName = 0;

/** A plan, and the name to prepare its statement under, once it is worth it. */
export interface CachedPlan<Plan> {
  plan: Plan;
  name: string | undefined;
}

/**
 * Compiled statements by shape, the least recently used forgotten first. Clients choose shapes (fields, filters),
 * so the number kept is bounded, and a shape seen only once or twice is not prepared.
 */
export class PlanCache<Plan> {
  private readonly entries = new Map<string, Entry<Plan>>();

  constructor(private readonly limit: number) {}

  /**
   * The plan of a shape, compiled where it is not kept.
   *
   * @param key Equal for shapes that have the same statement. One of more than 20,000 characters is compiled each time.
   */
  get(key: string, compile: () => Plan): CachedPlan<Plan> {
    // A shape of such a size does not come twice, and a thousand of them would fill the memory.
    if (key.length > longestKey) return { plan: compile(), name: undefined };
    let entry = this.entries.get(key);
    if (!entry) {
      entry = { plan: compile(), uses: 0, name: undefined };
      if (this.entries.size >= this.limit) this.entries.delete(this.entries.keys().next().value as string);
      this.entries.set(key, entry);
    } else if (this.entries.size > this.limit / 2) {
      // Which ones were used last matters once there may soon be too many; moving them costs more than finding them.
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
    if (!entry.name && ++entry.uses >= usesBeforeNaming) entry.name = `v${++lastName}`;
    return entry;
  }

  get size(): number {
    return this.entries.size;
  }
}

const ids = new WeakMap<object, number>();
let lastId = 0;

/** A number that stands for an object (a spec, a resolver) in the key of a shape. */
export function identityOf(object: object): number {
  let id = ids.get(object);
  if (!id) {
    id = ++lastId;
    ids.set(object, id);
  }
  return id;
}
