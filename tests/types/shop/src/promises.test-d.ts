import type { MedusaContainer } from "@medusajs/framework/types";
import { QueryContext } from "@medusajs/framework/utils";
import { createWorkflow, transform, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import { useQueryGraphStep } from "@medusajs/medusa/core-flows";
import { expectTypeOf } from "vitest";
import type BrandModuleService from "./modules/brand/service";
import type ReviewModuleService from "./modules/review/service";

/** What the types that `velella types` writes add: checked together with the shop, as its own settings say. */

declare const container: MedusaContainer;
const query = container.resolve("query");

expectTypeOf(container.resolve("brand")).toEqualTypeOf<BrandModuleService>();
expectTypeOf(container.resolve("review")).toEqualTypeOf<ReviewModuleService>();

export async function rows(names: string[]) {
  const { data, metadata } = await query.graph({
    entity: "product",
    fields: ["id", "title", "brand.*", "reviews.rating", "variants.sku", "variants.prices.amount"],
    filters: { brand: { name: "Acme" } },
    pagination: { take: 10, order: { title: "ASC" } },
  });
  const product = data[0]!;
  expectTypeOf(product.title).toEqualTypeOf<string>();
  expectTypeOf(product.brand?.handle).toEqualTypeOf<string | undefined>();
  expectTypeOf(product.brand?.created_at).toEqualTypeOf<Date | undefined>();
  expectTypeOf(product.reviews).toEqualTypeOf<{ id: string; rating: number }[]>();
  expectTypeOf(product.variants).toEqualTypeOf<{ id: string; sku: string | null; prices: { id: string; amount: number }[] }[]>();
  expectTypeOf(metadata?.count).toEqualTypeOf<number | undefined>();
  // @ts-expect-error -- was not asked for
  void product.description;
  // @ts-expect-error -- a review has a rating, and was asked for nothing else
  void product.reviews[0]?.text;

  const brands = await query.graph({ entity: "brands", fields: ["*", "products.reviews.status"] });
  expectTypeOf(brands.data[0]!.products[0]!.reviews[0]!.status).toEqualTypeOf<"pending" | "approved">();
  expectTypeOf(brands.data[0]!.handle).toEqualTypeOf<string>();

  const links = await query.graph({ entity: "product_brand", fields: ["product_id", "brand.name", "product.title"] });
  expectTypeOf(links.data[0]!.product_id).toEqualTypeOf<string>();
  expectTypeOf(links.data[0]!.brand?.name).toEqualTypeOf<string | undefined>();

  const priced = await query.graph({
    entity: "variant",
    fields: ["calculated_price.*"],
    context: { calculated_price: QueryContext({ currency_code: "eur" }) },
  });
  expectTypeOf(priced.data[0]!.calculated_price?.calculated_amount).toEqualTypeOf<number | null | undefined>();

  // A virtual model has what the method of its module returns; one record as itself, several as a list.
  const described = await query.graph({ entity: "product", fields: ["id", "content.headline"] });
  const content = [described.data[0]!.content ?? []].flat();
  expectTypeOf(content).toEqualTypeOf<{ product_id: string; headline: string }[]>();

  // Fields that are known only at run time, an entity that is, and one that nobody declared.
  const some = await query.graph({ entity: "product", fields: names });
  expectTypeOf(some.data[0]!.brand?.name).toEqualTypeOf<string | undefined>();
  expectTypeOf((await query.graph({ entity: names[0]!, fields: ["id"] })).data[0]).toBeAny();
  expectTypeOf((await query.graph({ entity: "parcel", fields: ["id"] })).data[0]).toBeAny();

  // A name that nothing has gives nothing.
  const wrong = await query.graph({ entity: "product", fields: ["id", "brnad.name"] });
  // @ts-expect-error -- there is no such field
  void wrong.data[0]?.brnad;

  for await (const review of query.stream({ entity: "review", fields: ["text", "product.title"] })) {
    expectTypeOf(review).toEqualTypeOf<{ text: string; product?: { id: string; title: string } }>();
  }
}

createWorkflow("reads", (input: { id: string }) => {
  const { data } = useQueryGraphStep({ entity: "review", fields: ["id", "product.brand.name"], filters: { id: input.id } });
  const one = useQueryGraphStep({
    entity: "product",
    fields: ["title"],
    filters: { id: input.id },
    options: { throwIfKeyNotFound: true, isList: false },
  }).config({ name: "one" });
  const names = transform({ data, one }, ({ data, one }) => {
    expectTypeOf(one.data).toEqualTypeOf<{ title: string }>();
    return data.map((review) => review.product?.brand?.name);
  });
  return new WorkflowResponse(names);
});
