/** A value for a computed field, such as the currency of calculated prices: the object with a mark. */
export type QueryContextValue<T extends object = Record<string, unknown>> = T & { readonly __type: "QueryContext" };

/**
 * Marks an object as the context of a field in `query.graph`.
 *
 * @example
 * context: { variants: { calculated_price: QueryContext({ currency_code: "eur" }) } }
 */
export function QueryContext<T extends object>(values: T): QueryContextValue<T> {
  return { ...values, __type: "QueryContext" };
}

/** Whether a value was made by {@link QueryContext}. */
QueryContext.isQueryContext = (value: unknown): value is QueryContextValue =>
  typeof value === "object" && value !== null && "__type" in value && value.__type === "QueryContext";
