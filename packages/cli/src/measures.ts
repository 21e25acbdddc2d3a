/** `850 ms`, `12.3 s`, `4.5 min`, `2.5 h`, `3.1 d`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${(seconds / 60).toFixed(1)} min`;
  if (seconds < 86_400) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} d`;
}

/** How large a value is as JSON: `12 B`, `1.2 kB`, `3.4 MB`; `-` when there is none. */
export function jsonSize(value: unknown): string {
  const text = value === undefined || value === null ? undefined : JSON.stringify(value);
  if (text === undefined) return "-";
  const bytes = Buffer.byteLength(text);
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A moment as people read it, in UTC, to the second: `2026-11-24 08:03:22`. */
export function moment(date: Date): string {
  return date.toISOString().slice(0, 19).replace("T", " ");
}
