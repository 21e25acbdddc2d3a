import { readFileSync } from "node:fs";

/** A place in a source file; lines and columns count from 1. */
export interface SourcePlace {
  file: string;
  line: number;
  column: number;
}

/** A few lines around a place, with a mark below it. */
export function codeFrame(source: string, line: number, column: number): string {
  const lines = source.split(/\r?\n/);
  const first = Math.max(1, line - 2);
  const last = Math.min(lines.length, line + 2);
  const width = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = lines[number - 1] ?? "";
    frame.push(`${number === line ? ">" : " "} ${String(number).padStart(width)} | ${text}`.trimEnd());
    // Tabs stay tabs, so that the mark is below its column however wide a tab is shown.
    if (number === line) frame.push(`  ${" ".repeat(width)} | ${text.slice(0, column - 1).replace(/[^\t]/g, " ")}^`);
  }
  return frame.join("\n");
}

/** The frame of a place in a file, or "" when the file is gone. */
export function codeFrameOf(place: SourcePlace): string {
  try {
    return codeFrame(readFileSync(place.file, "utf8"), place.line, place.column);
  } catch {
    return ""; // The file may be generated or deleted meanwhile: the message names the place anyway.
  }
}
