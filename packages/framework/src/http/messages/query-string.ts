import { parse } from "qs";

/**
 * Reads a query string as Express 4's "extended" parser does (`a[b]=1`, `a[]=1`), with room for lists
 * of up to 1,000 values: the default of 20 turns longer lists of ids into objects.
 */
export function parseQueryString(text: string): Record<string, unknown> {
  return parse(text, { allowPrototypes: true, arrayLimit: 1000, depth: 10 });
}

/** The parsed query of a request URL. */
export function queryOfUrl(url: string): Record<string, unknown> {
  const start = url.indexOf("?");
  return start < 0 || start === url.length - 1 ? {} : parseQueryString(url.slice(start + 1));
}
