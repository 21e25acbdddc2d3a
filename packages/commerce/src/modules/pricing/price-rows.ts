import { BigNumber } from "@velella/kernel";
import type { BigNumberInput } from "@velella/kernel";
import type { CreatePriceInput, PriceRecord, PriceRuleInput } from "./types";

/** Prices of a set as the models take them: rules by attribute become rows. */
export function priceRow({ rules = {}, ...price }: CreatePriceInput): Record<string, unknown> {
  const price_rules = ruleRows(rules);
  return { ...price, currency_code: price.currency_code.toLowerCase(), price_rules, rules_count: price_rules.length };
}

/** Rules by attribute as rows. */
export function ruleRows(rules: Record<string, PriceRuleInput>): Record<string, unknown>[] {
  return Object.entries(rules).flatMap(([attribute, rule]): Record<string, unknown>[] =>
    Array.isArray(rule)
      ? rule.map(({ operator, value }) => ({ attribute, operator, value: String(value) }))
      : [{ attribute, operator: "eq", value: String(rule) }],
  );
}

/** What tells prices of one set apart: currency, quantities and rules. */
export function priceKey(price: Partial<CreatePriceInput> | PriceRecord): string {
  const rules =
    "price_rules" in price && price.price_rules
      ? price.price_rules.map(({ attribute, operator, value }) => `${attribute} ${operator} ${value}`)
      : ruleRows((price as CreatePriceInput).rules ?? {}).map(
          (rule) => `${String(rule.attribute)} ${String(rule.operator)} ${String(rule.value)}`,
        );
  return JSON.stringify([price.currency_code?.toLowerCase(), quantityOf(price.min_quantity), quantityOf(price.max_quantity), rules.sort()]);
}

const quantityOf = (quantity: BigNumberInput | null | undefined) =>
  quantity === null || quantity === undefined ? null : new BigNumber(quantity).numeric;
