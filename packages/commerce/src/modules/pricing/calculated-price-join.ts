import type { ComputedJoin } from "@velella/framework";
import type { CalculatedPriceSet } from "./types";

/** `price_set.calculated_price`: what a set costs in the context of the query. */
export const calculatedPriceJoin: ComputedJoin = {
  entity: "PriceSet",
  field: "calculated_price",
  requires: ["id"],
  async load(rows, { context, container }) {
    const ids = rows.map(({ id }) => id as string);
    const { __type: _type, ...values } = (context ?? {}) as Record<string, unknown>;
    const calculated: CalculatedPriceSet[] = await container.resolve("pricing").calculatePrices({ id: ids }, { context: values });
    const byId = new Map(calculated.map((price) => [price.id, price]));
    return ids.map((id) => byId.get(id));
  },
};
