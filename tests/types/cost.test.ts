import { join } from "node:path";
import { expect, test } from "vitest";
import { checkAppCopy } from "../../scripts/check/apps.mjs";

const root = join(__dirname, "..", "..");
const columns = ["title", "handle", "subtitle", "description", "status", "thumbnail", "weight", "height"];

/** A file of so many queries, no two alike, with ten edges each. */
function queries(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const own = [columns[i % 8], columns[(3 * i + 1) % 8], `nothing_${i}`];
    const behind = ["brand.*", "reviews.rating", "variants.sku", "variants.prices.amount", "variants.options.option.title"];
    const fields = JSON.stringify(["id", ...own, ...behind, "categories.name", "variants.calculated_price.*", "sales_channels.name"]);
    return `export const rows${i} = query.graph({ entity: "product", fields: ${fields} }).then(({ data }) => data.map((row) => row.variants));`;
  });
  return `import type { MedusaContainer } from "@medusajs/framework/types";
declare const container: MedusaContainer;
const query = container.resolve("query");
${lines.join("\n")}
`;
}

/** How much work the compiler has with the shop and such a file; the same on every machine. */
async function instantiations(count: number): Promise<number> {
  const { ok, output } = await checkAppCopy(root, join(root, "examples", "shop"), {
    name: "queries",
    types: ".velella/types",
    files: { "src/queries.ts": queries(count) },
    args: ["--extendedDiagnostics"],
  });
  expect(ok, output).toBe(true);
  return Number(/Instantiations:\s+(\d+)/.exec(output)?.[1]);
}

test("a query that is typed by its fields costs the type checker little", async () => {
  const [few, many] = [await instantiations(1), await instantiations(101)];
  const perQuery = (many - few) / 100;
  // 1,150 when this was written, which is 1.5 ms; the shop alone takes 180,000.
  expect(perQuery).toBeGreaterThan(100);
  expect(perQuery).toBeLessThan(2000);
});
