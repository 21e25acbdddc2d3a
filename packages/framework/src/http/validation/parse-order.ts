/**
 * Reads the query parameter `order`: a path, with "-" before it for descending; several are separated by commas.
 *
 * @returns For example `{ title: "DESC" }`, or `{ variants: { sku: "ASC" } }` for `variants.sku`.
 */
export function parseOrder(text: string): Record<string, unknown> {
  const order: Record<string, unknown> = {};
  for (const entry of text.split(",").map((part) => part.trim())) {
    const path = entry.replace(/^[+-]/, "").split(".");
    const field = path.pop();
    if (!field) continue;
    let target = order;
    for (const relation of path) {
      const inner = target[relation];
      target = (typeof inner === "object" && inner !== null ? inner : (target[relation] = {})) as Record<string, unknown>;
    }
    target[field] = entry.startsWith("-") ? "DESC" : "ASC";
  }
  return order;
}
