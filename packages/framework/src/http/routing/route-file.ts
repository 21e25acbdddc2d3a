import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { httpErrors } from "../errors";

/** A route, as its place in the folder tree says it. */
export interface RouteFile {
  /** Such as `/admin/products/:id`. */
  path: string;
  /** The file that holds the handlers; shown in messages. */
  file: string;
}

/**
 * Finds the route files below a directory: `route.ts` or `route.js`, with `[id]` folders as parameters.
 * Throws `http.duplicate_route` when two files mean the same path.
 */
export function findRouteFiles(directory: string): RouteFile[] {
  const found: RouteFile[] = [];
  const walk = (folder: string) => {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const place = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== "node_modules" && !entry.name.startsWith(".") && entry.name !== "__tests__") walk(place);
      } else if (/^route\.[cm]?[tj]s$/.test(entry.name)) found.push({ path: pathOf(directory, place), file: place });
    }
  };
  walk(directory);

  const byShape = new Map<string, RouteFile>();
  for (const route of found) {
    const first = byShape.get(shapeOf(route.path));
    if (first) throw httpErrors.duplicateRoute(route.path, first.file, route.file);
    byShape.set(shapeOf(route.path), route);
  }
  return found;
}

/** The path with its parameters made alike: two paths of one shape match the same requests. */
export function shapeOf(path: string): string {
  return path.replace(/:\w+/g, ":").toLowerCase();
}

function pathOf(directory: string, file: string): string {
  const folders = relative(directory, file).split(sep).slice(0, -1);
  const segments = folders.map((folder) => {
    const parameter = /^\[(\w+)\]$/.exec(folder);
    if (parameter) return `:${parameter[1]}`;
    if (/^[\w.~%@$,;=-]+$/.test(folder)) return folder;
    throw httpErrors.badRoutePath(file, folder);
  });
  return `/${segments.join("/")}`;
}
