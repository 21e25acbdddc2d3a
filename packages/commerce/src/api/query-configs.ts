/** What a route answers with when the client does not say: see `validateAndTransformQuery`. */
export interface RouteQueryConfig {
  /** Fields that are given unless the client chooses. */
  defaults: string[];
  /** Fields that clients may ask for beside the defaults; everything when absent. */
  allowed?: string[];
  /** Whether the answer is a page; `limit` and `offset` of the query string count then. */
  isList: boolean;
  /** Rows of a page when the client does not say; 20 by default. */
  defaultLimit?: number;
}

/** The answer with one record. */
export function one(defaults: string[], allowed?: string[]): RouteQueryConfig {
  return { defaults, ...(allowed && { allowed }), isList: false };
}

/** The answer with a page of records. */
export function list(defaults: string[], defaultLimit?: number, allowed?: string[]): RouteQueryConfig {
  return { defaults, ...(allowed && { allowed }), ...(defaultLimit !== undefined && { defaultLimit }), isList: true };
}
