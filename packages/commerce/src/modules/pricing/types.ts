import type { InferRecordOf } from "@velella/data";
import type { ToValue } from "@velella/framework";
import type { BigNumberInput } from "@velella/kernel";
import type { Price, PriceList, PriceListRule, PricePreference, PriceRule, PriceSet } from "./models";

/**
 * `eq` compares texts; the others compare numbers. Where the context has several values for an attribute, one that matches is
 * enough.
 */
export type PriceRuleOperator = "gte" | "lte" | "gt" | "lt" | "eq";

/** What a rule asks of an attribute: equality with a value, or a list of comparisons. */
export type PriceRuleInput = string | number | { operator: PriceRuleOperator; value: number }[];

/**
 * A price of a set. It applies where the quantity (1 where the context has none) lies between `min_quantity` and
 * `max_quantity`, both included, and every rule matches. `currency_code` is kept in lower case.
 */
export interface CreatePriceInput {
  id?: string;
  title?: string | null;
  currency_code: string;
  amount: BigNumberInput;
  /** From this quantity on; from any by default. */
  min_quantity?: BigNumberInput | null;
  /** Up to this quantity; without an end by default. */
  max_quantity?: BigNumberInput | null;
  /** By attribute, such as `{ region_id: "reg_1" }`. */
  rules?: Record<string, PriceRuleInput>;
}

/** A set of prices to be made: what one thing costs, in all currencies and on all conditions. */
export interface CreatePriceSetInput {
  id?: string;
  /** None by default. */
  prices?: CreatePriceInput[];
}

/** Prices with an id, or of the same currency, quantities and rules, are changed; others added; those not named removed. */
export interface UpdatePriceSetInput {
  id?: string;
  /** Undefined leaves the prices as they are. */
  prices?: Partial<CreatePriceInput>[];
}

/** Prices to add to a set. */
export interface AddPricesInput {
  priceSetId: string;
  prices: CreatePriceInput[];
}

// Records are rows as services and flows hand them on: what the models say, and nothing besides.

export interface PriceRuleRecord extends InferRecordOf<typeof PriceRule> {}

export interface PriceListRuleRecord extends InferRecordOf<typeof PriceListRule> {}

export interface PriceListRecord extends InferRecordOf<typeof PriceList> {}

export interface PriceRecord extends InferRecordOf<typeof Price> {}

export interface PriceSetRecord extends InferRecordOf<typeof PriceSet> {}

/** What prices are calculated for; values by attribute, nested where rules say so (`customer.groups.id`). */
export interface PricingContext {
  /** Needs a `currency_code`. `quantity` is 1 by default; of a list, each value counts. */
  context?: Record<string, unknown> & { currency_code?: string; region_id?: string; quantity?: number };
}

/** One of the two prices that a calculation gives. */
export interface CalculatedPriceDetails {
  /** Id of the price; null where none applies. */
  id: string | null;
  /** Null for a price that is in no list. */
  price_list_id: string | null;
  /** `sale` or `override`; null for a price that is in no list. */
  price_list_type: string | null;
  min_quantity: number | null;
  max_quantity: number | null;
}

/** What a price set costs in a context: with and without price lists. */
export interface CalculatedPriceSet {
  /** Id of the set of prices. */
  id: string;
  /** Whether the calculated price is from a price list. */
  is_calculated_price_price_list: boolean;
  /** By the preference of the region, else of the currency; false without one. */
  is_calculated_price_tax_inclusive: boolean;
  /** What it costs; null where no price applies. `calculatePrices` leaves such sets out. */
  calculated_amount: number | null;
  /** The same with all its digits. */
  raw_calculated_amount: PriceRecord["raw_amount"] | null;
  /** True only where a list of the type `override` hides the price outside of lists. */
  is_original_price_price_list: boolean;
  /** As of the calculated price. */
  is_original_price_tax_inclusive: boolean;
  /** What it would cost without a sale; null where no price applies outside of one. */
  original_amount: number | null;
  /** The same with all its digits. */
  raw_original_amount: PriceRecord["raw_amount"] | null;
  /** Of the calculated price, in lower case; null where no price applies. */
  currency_code: string | null;
  calculated_price: CalculatedPriceDetails;
  original_price: CalculatedPriceDetails;
}

declare module "@velella/framework" {
  interface GraphEdges {
    "pricing.PriceSet/calculated_price": ToValue<CalculatedPriceSet>;
  }
}

export interface PricePreferenceRecord extends InferRecordOf<typeof PricePreference> {}
