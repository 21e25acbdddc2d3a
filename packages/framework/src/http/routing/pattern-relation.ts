import { matchPath } from "./path-pattern";
import type { PathPattern } from "./path-pattern";

/** Whether a pattern matches the paths of a route: decided at boot where that is possible, per request otherwise. */
export type PatternRelation = "always" | "never" | "sometimes";

/** The segments of a route path such as `/admin/products/:id`. */
export function routeSegments(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

/**
 * Compares a matcher with a route.
 *
 * @param end True when the matcher must match the whole path, false for a prefix.
 */
export function relationOf(pattern: PathPattern, routePath: string, end: boolean): PatternRelation {
  const route = routeSegments(routePath);
  if (!route.some((segment) => segment.startsWith(":"))) return matchPath(pattern, routePath) ? "always" : "never";
  if (!pattern.segments) return "sometimes";

  let sure: PatternRelation = "always";
  for (const [index, segment] of pattern.segments.entries()) {
    const other = route[index];
    if (segment.kind === "rest" && segment.start === "" && (index === 0 ? true : other !== undefined)) return sure;
    if (other === undefined) return "never";
    if (segment.kind === "param") continue;
    const wanted = segment.kind === "rest" ? segment.start : segment.text;
    if (other.startsWith(":")) sure = "sometimes";
    else if (segment.kind === "rest" ? !other.toLowerCase().startsWith(wanted) : other.toLowerCase() !== wanted) return "never";
    if (segment.kind === "rest") return sure;
  }
  return end && route.length !== pattern.segments.length ? "never" : sure;
}

/** True when the route's own parameters already hold everything that the pattern would name. */
export function namesAreKnown(pattern: PathPattern, routePath: string): boolean {
  const route = routeSegments(routePath);
  if (!pattern.segments) return pattern.names.length === 0 && !(pattern.source instanceof RegExp);
  return pattern.segments.every(
    (segment, index) => segment.kind === "static" || (segment.kind === "param" && route[index] === `:${segment.name}`),
  );
}
