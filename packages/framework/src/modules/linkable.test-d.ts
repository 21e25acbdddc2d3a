import { model } from "@velella/data";
import { expectTypeOf } from "vitest";
import { buildLinkable } from "./linkable";
import type { LinkableEntry } from "./linkable";

const Brand = model.define("brand", { id: model.id().primaryKey(), name: model.text() });
const ProductVariant = model.define("ProductVariant", { id: model.id().primaryKey() });
const linkable = buildLinkable("shop", { Brand, ProductVariant });

// One entry per model, by camelCase name, with the module's own name.
expectTypeOf(linkable).toHaveProperty("brand");
expectTypeOf(linkable.brand).toEqualTypeOf<LinkableEntry<"shop">>();
expectTypeOf(linkable.productVariant.serviceName).toEqualTypeOf<"shop">();
expectTypeOf(linkable.brand.id.primaryKey).toEqualTypeOf<string>();
expectTypeOf<keyof typeof linkable>().toEqualTypeOf<"brand" | "productVariant">();
