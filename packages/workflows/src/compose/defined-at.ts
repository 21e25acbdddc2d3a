import { fileURLToPath } from "node:url";

/**
 * Where a function was called, as `file:line`; empty where the stack does not say.
 *
 * @param called The function whose caller is wanted.
 */
export function callerOf(called: (...args: never[]) => unknown): string {
  const { stackTraceLimit } = Error;
  const holder: { stack?: string } = {};
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, called);
  Error.stackTraceLimit = stackTraceLimit;
  const frame = holder.stack?.split("\n")[1] ?? "";
  const [, place = "", line] = /\(?((?:file:\/\/)?[^()\s][^()]*?):(\d+):\d+\)?$/.exec(frame.replace(/^\s*at (?:.* \()?/, "")) ?? [];
  return place && `${place.startsWith("file://") ? fileURLToPath(place) : place}:${line}`;
}
