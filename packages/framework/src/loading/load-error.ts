import { existsSync, readFileSync } from "node:fs";
import { findSourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import { codeFrameOf } from "./code-frame";
import type { SourcePlace } from "./code-frame";
import { loadingErrors } from "./errors";

/** Says of which file's loading an error came, and where in the app's own files. The error itself is its `cause`. */
export function describeLoadError(file: string, error: unknown, owns: (file: string) => boolean): Error {
  const missing = missingModule(error);
  const place =
    (missing && importIn(missing.importer, missing.request)) ?? (error instanceof Error ? placeIn(error.stack ?? "", owns) : undefined);
  const where = place ? `${place.file}:${place.line}:${place.column}` : "";
  const frame = place ? codeFrameOf(place) : "";
  const failure = missing
    ? loadingErrors.moduleNotFound(file, where || missing.importer || "", missing.request, frame)
    : loadingErrors.loadFailed(file, where, reasonOf(error), frame);
  failure.cause = error;
  return failure;
}

/** Where a file names what it imports; compilers give such a line no place in the source map. */
function importIn(file: string | undefined, request: string): SourcePlace | undefined {
  if (file === undefined || !existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  for (const [index, text] of lines.entries()) {
    const column = Math.max(text.indexOf(`"${request}"`), text.indexOf(`'${request}'`));
    if (column >= 0) return { file, line: index + 1, column: column + 1 };
  }
  return undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error);
}

function missingModule(error: unknown): { request: string; importer?: string } | undefined {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") return undefined;
  const request = /^Cannot find module '([^']+)'/.exec(error.message)?.[1];
  return request === undefined ? undefined : { request, importer: (error as { requireStack?: string[] }).requireStack?.[0] };
}

/** The first place of a stack that lies in a file which `owns` accepts. */
export function placeIn(stack: string, owns: (file: string) => boolean): SourcePlace | undefined {
  for (const line of stack.split("\n")) {
    // A syntax error in JavaScript starts with `file:line` and names no column.
    const match = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):(\d+):(\d+)\)?\s*$/.exec(line) ?? /^((?:\/|[A-Za-z]:\\).*):(\d+)$/.exec(line);
    if (!match?.[1]) continue;
    const file = match[1].startsWith("file://") ? fileURLToPath(match[1]) : match[1];
    if (owns(file)) return inSource({ file, line: Number(match[2]), column: Number(match[3] ?? 1) });
  }
  return undefined;
}

/** Node translates stacks to the lines of the source by itself, unless something else formats them, as test runners do. */
function inSource(place: SourcePlace): SourcePlace {
  if (Error.prepareStackTrace === undefined) return place;
  const entry = findSourceMap(place.file)?.findEntry(place.line - 1, place.column - 1);
  return entry && "originalLine" in entry ? { file: place.file, line: entry.originalLine + 1, column: entry.originalColumn + 1 } : place;
}
