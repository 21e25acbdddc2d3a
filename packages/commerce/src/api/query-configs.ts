/** What a route answers with when the client does not say: see `validateAndTransformQuery`. */
export interface RouteQueryConfig {
  defaults: string[];
  /** Fields that clients may ask for beside the defaults; everything when absent. */
  allowed?: string[];
  isList: boolean;
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
