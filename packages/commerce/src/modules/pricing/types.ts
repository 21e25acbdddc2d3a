import type { BigNumberInput } from "@velella/kernel";

export type PriceRuleOperator = "gte" | "lte" | "gt" | "lt" | "eq";

/** What a rule asks of an attribute: equality with a value, or a list of comparisons. */
export type PriceRuleInput = string | number | { operator: PriceRuleOperator; value: number }[];

export interface CreatePriceInput {
  id?: string;
  title?: string | null;
  currency_code: string;
  amount: BigNumberInput;
  min_quantity?: BigNumberInput | null;
  max_quantity?: BigNumberInput | null;
  /** By attribute, such as `{ region_id: "reg_1" }`. */
  rules?: Record<string, PriceRuleInput>;
}

export interface CreatePriceSetInput {
  id?: string;
  prices?: CreatePriceInput[];
}

/** Prices with an id, or of the same currency, quantities and rules, are changed; others added; those not named removed. */
export interface UpdatePriceSetInput {
  id?: string;
  prices?: Partial<CreatePriceInput>[];
}

/** Prices to add to a set. */
export interface AddPricesInput {
  priceSetId: string;
  prices: CreatePriceInput[];
}

export interface PriceRuleRecord {
  id: string;
  attribute: string;
  value: string;
  operator: PriceRuleOperator;
  priority: number;
}

export interface PriceListRuleRecord {
  id: string;
  attribute: string;
  value: unknown;
}

export interface PriceListRecord {
  id: string;
  title: string;
  description: string;
  status: "active" | "draft";
  type: "sale" | "override";
  starts_at: Date | null;
  ends_at: Date | null;
  rules_count: number | null;
  price_list_rules?: PriceListRuleRecord[];
}

export interface PriceRecord {
  id: string;
  title: string | null;
  currency_code: string;
  amount: number;
  raw_amount: { value: string | number; precision?: number };
  min_quantity: number | null;
  max_quantity: number | null;
  rules_count: number | null;
  price_set_id: string;
  price_list_id: string | null;
  price_rules?: PriceRuleRecord[];
  price_list?: PriceListRecord | null;
}

export interface PriceSetRecord {
  id: string;
  prices?: PriceRecord[];
}

/** What prices are calculated for; values by attribute, nested where rules say so (`customer.groups.id`). */
export interface PricingContext {
  context?: Record<string, unknown> & { currency_code?: string; region_id?: string; quantity?: number };
}

/** One of the two prices that a calculation gives. */
export interface CalculatedPriceDetails {
  id: string | null;
  price_list_id: string | null;
  price_list_type: string | null;
  min_quantity: number | null;
  max_quantity: number | null;
}

/** What a price set costs in a context: with and without price lists. */
export interface CalculatedPriceSet {
  id: string;
  is_calculated_price_price_list: boolean;
  is_calculated_price_tax_inclusive: boolean;
  calculated_amount: number | null;
  raw_calculated_amount: PriceRecord["raw_amount"] | null;
  is_original_price_price_list: boolean;
  is_original_price_tax_inclusive: boolean;
  original_amount: number | null;
  raw_original_amount: PriceRecord["raw_amount"] | null;
  currency_code: string | null;
  calculated_price: CalculatedPriceDetails;
  original_price: CalculatedPriceDetails;
}

export interface PricePreferenceRecord {
  id: string;
  attribute: string;
  value: string | null;
  is_tax_inclusive: boolean;
}
