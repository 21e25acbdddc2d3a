import type { OrderBy, OrderDirection } from "@velella/data";

type Order = { [field: string]: OrderDirection | Order };

/**
 * Reads the query parameter `order`: a path, with "-" before it for descending; several are separated by commas.
 *
 * @returns For example `{ title: "DESC" }`, or `{ variants: { sku: "ASC" } }` for `variants.sku`.
 */
export function parseOrder(text: string): OrderBy {
  const order: Order = {};
  for (const entry of text.split(",").map((part) => part.trim())) {
    const path = entry.replace(/^[+-]/, "").split(".");
    const field = path.pop();
    if (!field) continue;
    let target = order;
    for (const relation of path) {
      const inner = target[relation];
      target = typeof inner === "object" ? inner : (target[relation] = {});
    }
    target[field] = entry.startsWith("-") ? "DESC" : "ASC";
  }
  return order;
}
