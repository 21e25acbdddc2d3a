import { randomFillSync } from "node:crypto";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const pairs = Array.from({ length: 1024 }, (_, i) => `${alphabet[i >> 5]}${alphabet[i & 31]}`);
// Asking the system for randomness takes longer than all the rest, so it is done for many ids at once.
const pool = new Uint16Array(2048);
let used = pool.length;
let lastTime = 0;
let lastTimeText = "";

/**
 * An id for a run: a ULID, sortable by millisecond. Those of one millisecond have no order, in return for which a run of a
 * few quick steps does not spend a quarter of its time on ids.
 */
export function newRunId(): string {
  const now = Date.now();
  if (now !== lastTime) {
    lastTime = now;
    lastTimeText = "";
    for (let i = 0, rest = now; i < 10; i++, rest = Math.floor(rest / 32)) lastTimeText = `${alphabet[rest % 32]}${lastTimeText}`;
  }
  if (used + 8 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let id = lastTimeText;
  for (const end = used + 8; used < end; used++) id += pairs[(pool[used] as number) & 1023] as string;
  return id;
}
