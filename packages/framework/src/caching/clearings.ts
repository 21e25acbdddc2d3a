import type { CacheClearance, CacheEntry } from "./caching-provider";

/** A point in the order of clearings. */
export interface ClearingsMoment {
  /** How many clearings came before. */
  order: number;
  /** On the clock of `performance.now()`. */
  time: number;
}

/**
 * Milliseconds for which it is known what was cleared: data that takes longer to load is not kept. Statements end after a
 * minute unless the config says otherwise.
 */
export const knownForMs = 300_000;

/**
 * What was cleared of a cache of late, by this process: so that data which was loaded before a change is not kept after it,
 * when nothing would clear it any more. Nothing is remembered while nobody loads.
 */
export class Clearings {
  private order = 0;
  private lastMoment = -Infinity;
  /** What was cleared, by whom it concerns; what was cleared last stands last. */
  private readonly known = new Map<string, ClearingsMoment>();

  /** To be asked for before data is loaded. */
  moment(): ClearingsMoment {
    this.lastMoment = performance.now();
    return { order: this.order, time: this.lastMoment };
  }

  /** To be told before the cache is cleared. */
  note({ key, tags, options }: CacheClearance): void {
    const time = performance.now();
    const oldest = time - knownForMs;
    for (const [name, clearing] of this.known) {
      if (clearing.time >= oldest) break;
      this.known.delete(name);
    }
    if (this.lastMoment < oldest) return;
    const concerned = options?.autoInvalidate ? "following" : "every";
    const clearing = { order: ++this.order, time };
    for (const name of key !== undefined ? [keyName(key)] : (tags?.map(tagName) ?? [everything])) {
      this.known.delete(`${concerned} ${name}`);
      this.known.set(`${concerned} ${name}`, clearing);
    }
  }

  /** Whether data that was loaded after a moment may be out of date by now, for something that its entry has was cleared. */
  concern({ key, tags = [], options }: Omit<CacheEntry, "data">, since: ClearingsMoment): boolean {
    if (since.time < performance.now() - knownForMs) return true;
    const concerned = options?.autoInvalidate === false ? ["every"] : ["every", "following"];
    const names = [everything, keyName(key), ...tags.map(tagName)];
    return names.some((name) => concerned.some((who) => (this.known.get(`${who} ${name}`)?.order ?? 0) > since.order));
  }
}

const everything = "entry";
const keyName = (key: string) => `key ${key}`;
const tagName = (tag: string) => `tag ${tag}`;
