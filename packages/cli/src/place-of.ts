import { relative } from "node:path";

/** Files of the app by their path in it, others by their path in the package that brings them. */
export function placeOf(file: string, directory: string): string {
  const path = relative(directory, file);
  return path.startsWith("..") ? `(core) ${file.split(/[\\/]dist[\\/]/).pop() ?? file}` : path;
}
