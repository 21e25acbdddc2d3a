import { BigNumber } from "@velella/kernel";
import type {
  CalculatedPriceDetails,
  CalculatedPriceSet,
  PriceListRecord,
  PricePreferenceRecord,
  PriceRecord,
  PriceRuleRecord,
} from "./types";

/** Values of the context by the attribute that rules name: `customer.groups.id` gives every group's id. */
export type ContextValues = ReadonlyMap<string, readonly string[]>;

/** Flattens a context to values by path; of lists every item counts. */
export function flattenContext(context: Record<string, unknown>): ContextValues {
  const values = new Map<string, string[]>();
  const visit = (value: unknown, path: string): void => {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) return value.forEach((item) => visit(item, path));
    if (typeof value === "object") {
      for (const [key, inner] of Object.entries(value)) visit(inner, path ? `${path}.${key}` : key);
      return;
    }
    values.set(path, [...(values.get(path) ?? []), String(value)]);
  };
  visit(context, "");
  return values;
}

/**
 * Chooses, of the prices of one set, what it costs in a context. A price list that overrides hides the original price; a
 * sale counts only where it is cheaper. Among prices of one kind, more rules that match are better, then their priority,
 * then the lower amount.
 *
 * @param prices All prices of the set in the currency, with their rules and lists.
 * @param now Decides which price lists are running.
 */
export function calculatePriceSet(
  id: string,
  prices: readonly PriceRecord[],
  context: ContextValues,
  preferences: readonly PricePreferenceRecord[],
  now = new Date(),
): CalculatedPriceSet {
  const quantity = Number(context.get("quantity")?.[0] ?? 1);
  const candidates = prices.filter(
    (price) => inRange(price, quantity) && (price.price_rules ?? []).every((rule) => ruleMatches(rule, context)),
  );
  const plain = best(candidates.filter(({ price_list_id }) => !price_list_id));
  const listed = best(candidates.filter(({ price_list }) => price_list && listApplies(price_list, context, now)));
  const overrides = listed?.price_list?.type === "override";
  const original = overrides ? listed : plain;
  const calculated = listed && (overrides || !plain || amountOf(listed) < amountOf(plain)) ? listed : plain;
  const inclusive = (price: PriceRecord | undefined) => !!price && isTaxInclusive(price, context, preferences);
  return {
    id,
    is_calculated_price_price_list: !!calculated?.price_list_id,
    is_calculated_price_tax_inclusive: inclusive(calculated),
    calculated_amount: calculated?.amount ?? null,
    raw_calculated_amount: calculated?.raw_amount ?? null,
    is_original_price_price_list: !!original?.price_list_id,
    is_original_price_tax_inclusive: inclusive(original),
    original_amount: original?.amount ?? null,
    raw_original_amount: original?.raw_amount ?? null,
    currency_code: calculated?.currency_code ?? null,
    calculated_price: detailsOf(calculated),
    original_price: detailsOf(original),
  };
}

function inRange({ min_quantity, max_quantity }: PriceRecord, quantity: number): boolean {
  return (min_quantity === null || min_quantity <= quantity) && (max_quantity === null || quantity <= max_quantity);
}

function ruleMatches({ attribute, operator, value }: PriceRuleRecord, context: ContextValues): boolean {
  const actual = context.get(attribute) ?? [];
  if (operator === "eq") return actual.includes(value);
  return actual.some((candidate) => compares(Number(candidate), operator, Number(value)));
}

function compares(actual: number, operator: "gte" | "lte" | "gt" | "lt", expected: number): boolean {
  if (operator === "gte") return actual >= expected;
  if (operator === "lte") return actual <= expected;
  return operator === "gt" ? actual > expected : actual < expected;
}

function listApplies(list: PriceListRecord, context: ContextValues, now: Date): boolean {
  if (list.status !== "active") return false;
  if (list.starts_at && list.starts_at > now) return false;
  if (list.ends_at && list.ends_at < now) return false;
  return (list.price_list_rules ?? []).every(({ attribute, value }) => {
    const accepted = [value].flat().map(String);
    return (context.get(attribute) ?? []).some((candidate) => accepted.includes(candidate));
  });
}

const amountOf = (price: PriceRecord) => new BigNumber(price.raw_amount).numeric;
const rulesOf = (price: PriceRecord) => (price.price_rules?.length ?? 0) + (price.price_list?.price_list_rules?.length ?? 0);
const priorityOf = (price: PriceRecord) => Math.max(0, ...(price.price_rules ?? []).map(({ priority }) => priority));

function best(prices: readonly PriceRecord[]): PriceRecord | undefined {
  const overrides = prices.filter(({ price_list }) => price_list?.type === "override");
  return [...(overrides.length ? overrides : prices)].sort(
    (a, b) => rulesOf(b) - rulesOf(a) || priorityOf(b) - priorityOf(a) || amountOf(a) - amountOf(b) || (a.id < b.id ? -1 : 1),
  )[0];
}

/** The preference of the region counts before that of the currency. */
function isTaxInclusive(price: PriceRecord, context: ContextValues, preferences: readonly PricePreferenceRecord[]): boolean {
  const find = (attribute: string, value: string | undefined) =>
    value === undefined ? undefined : preferences.find((preference) => preference.attribute === attribute && preference.value === value);
  const region = find("region_id", context.get("region_id")?.[0]);
  return (region ?? find("currency_code", price.currency_code))?.is_tax_inclusive ?? false;
}

function detailsOf(price: PriceRecord | undefined): CalculatedPriceDetails {
  return {
    id: price?.id ?? null,
    price_list_id: price?.price_list_id ?? null,
    price_list_type: price?.price_list?.type ?? null,
    min_quantity: price?.min_quantity ?? null,
    max_quantity: price?.max_quantity ?? null,
  };
}
