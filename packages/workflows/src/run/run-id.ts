import { randomFillSync } from "node:crypto";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const randomLength = 16;
const bytes = Buffer.alloc(256 * randomLength);
let randomText = "";
let used = 0;
let lastTime = 0;
let lastTimeText = "";

/**
 * An id for a run: a ULID, sortable by millisecond. Those of one millisecond have no order. Its random part is cut from a text
 * that was made for many ids at once, for else a run of a few quick steps would spend a quarter of its time on ids.
 */
export function newRunId(): string {
  const now = Date.now();
  if (now !== lastTime) {
    lastTime = now;
    lastTimeText = timeText(now);
  }
  if (used === randomText.length) {
    randomText = newRandomText();
    used = 0;
  }
  return lastTimeText + randomText.slice(used, (used += randomLength));
}

function timeText(time: number): string {
  let text = "";
  for (let i = 0, rest = time; i < 10; i++, rest = Math.floor(rest / 32)) text = `${alphabet[rest % 32]}${text}`;
  return text;
}

function newRandomText(): string {
  randomFillSync(bytes);
  for (let i = 0; i < bytes.length; i++) bytes[i] = alphabet.charCodeAt((bytes[i] as number) & 31);
  return bytes.toString("latin1");
}
