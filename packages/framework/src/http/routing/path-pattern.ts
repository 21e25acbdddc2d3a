import { httpErrors } from "../errors";

/** A compiled path pattern. */
export interface PathPattern {
  /** As it was written. */
  source: string | RegExp;
  /** Matches a path from its start; at a segment boundary for a prefix, to its end otherwise. */
  regexp: RegExp;
  /** Names of the groups of the expression, in their order. */
  names: string[];
  /** The segments, when the pattern is simple enough to be compared with a route at boot. */
  segments?: PatternSegment[];
}

/**
 * What stands between two slashes: a text, in lower case; a parameter, which takes any one segment; or a `*` at the end,
 * which takes all that begins with `start`, further slashes included.
 */
export type PatternSegment = { kind: "static"; text: string } | { kind: "param"; name: string } | { kind: "rest"; start: string };

/**
 * Compiles a path in the syntax of Express 4: `:name`, `:name?`, `:name(\\d+)`, `*`, `(a|b)`, `x?`, `x+`.
 *
 * @param end True when the pattern must match the whole path, false for a prefix.
 */
export function compilePattern(source: string | RegExp, end: boolean): PathPattern {
  if (source instanceof RegExp) return { source, regexp: withoutState(source), names: [] };
  const names: string[] = [];
  let body = "";
  let text = source === "" || source.startsWith("/") || source.startsWith("*") ? source : `/${source}`;
  if (text.endsWith("/")) text = text.slice(0, -1);
  const token = /(\/)?:(\w+)(\((?:\\.|[^()])*\))?([?*+])?|(\/)?\*|\((?!\?)|[.$^[\]{}\\]|[^]/gy;
  let unnamed = 0;
  for (const match of text.matchAll(token)) {
    const [whole, slash, name, custom, modifier, starSlash] = match;
    if (name !== undefined) {
      names.push(name);
      const value = modifier === "*" || modifier === "+" ? `(.${modifier})` : (custom ?? "([^/]+?)");
      body += modifier === "?" ? `(?:${slash ?? ""}${value})?` : `${slash ?? ""}${value}`;
    } else if (whole.endsWith("*")) {
      names.push(String(unnamed++));
      body += `${starSlash ?? ""}(.*)`;
    } else if (whole === "(") {
      names.push(String(unnamed++));
      body += "(";
    } else {
      body += /[.$^[\]{}\\]/.test(whole) ? `\\${whole}` : whole;
    }
  }
  try {
    return { source, regexp: new RegExp(`^${body}${end ? "/?$" : "/?(?=/|$)"}`, "i"), names, segments: segmentsOf(text) };
  } catch (error) {
    throw httpErrors.badMatcher(source, (error as Error).message);
  }
}

/** The values of a pattern's groups, decoded; undefined when the path does not match. */
export function matchPath(pattern: PathPattern, path: string): { matched: string; params: Record<string, string> } | undefined {
  const match = pattern.regexp.exec(path);
  if (!match) return undefined;
  const params: Record<string, string> = {};
  for (let i = 1; i < match.length; i++) {
    const value = match[i];
    if (value !== undefined) params[pattern.names[i - 1] ?? String(i - 1)] = decoded(value);
  }
  Object.assign(params, match.groups);
  return { matched: match[0], params };
}

function decoded(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Flags that make an expression remember its last match would make every second request slip through. */
function withoutState(source: RegExp): RegExp {
  return source.global || source.sticky ? new RegExp(source.source, source.flags.replace(/[gy]/g, "")) : source;
}

function segmentsOf(text: string): PatternSegment[] | undefined {
  if (text === "*") return [{ kind: "rest", start: "" }];
  const segments: PatternSegment[] = [];
  const parts = text.split("/").slice(1);
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (/^:\w+$/.test(part)) segments.push({ kind: "param", name: part.slice(1) });
    else if (/^[\w.~%@!$&',;=-]*$/.test(part) && part !== "") segments.push({ kind: "static", text: part.toLowerCase() });
    else if (last && /^[\w.~%-]*\*$/.test(part)) segments.push({ kind: "rest", start: part.slice(0, -1).toLowerCase() });
    else return undefined;
  }
  return segments;
}
