import { model } from "@velella/data";
import { expectTypeOf } from "vitest";
import { defineLink } from "../links/define-link";
import { buildLinkable } from "./linkable";
import type { LinkableEntry } from "./linkable";

const Brand = model.define("brand", { id: model.id().primaryKey(), name: model.text() });
const ProductVariant = model.define("ProductVariant", { id: model.id().primaryKey() });
const FAQ = model.define("FAQ", { id: model.id().primaryKey() });
const APIKey = model.define({ name: "APIKey", tableName: "keys" }, { id: model.id().primaryKey() });
const Category = model.define("category", { code: model.text().primaryKey() });
const Seat = model.define("seat", { row: model.text().primaryKey(), number: model.number().primaryKey() });
const linkable = buildLinkable("shop", { Brand, ProductVariant, FAQ, APIKey, Category, Seat });

// One entry per model, by camelCase name, with the module's own name.
expectTypeOf<keyof typeof linkable>().toEqualTypeOf<"brand" | "productVariant" | "faq" | "apiKey" | "category" | "seat">();
expectTypeOf(linkable.brand).toEqualTypeOf<LinkableEntry<"shop", "brand", "id">>();
expectTypeOf(linkable.productVariant.serviceName).toEqualTypeOf<"shop">();

// Names are known as they are at run time: see linkable.test.ts.
expectTypeOf(linkable.productVariant.linkable).toEqualTypeOf<"product_variant_id">();
expectTypeOf(linkable.faq.entity).toEqualTypeOf<"Faq">();
expectTypeOf(linkable.apiKey.linkable).toEqualTypeOf<"api_key_id">();
expectTypeOf(linkable.apiKey.field).toEqualTypeOf<"apiKey">();
expectTypeOf(linkable.brand.toJSON().field).toEqualTypeOf<"brand">();

// There is one form per column of the primary key, and no other.
expectTypeOf(linkable.brand.id.primaryKey).toEqualTypeOf<"id">();
expectTypeOf(linkable.category.code.linkable).toEqualTypeOf<"category_code">();
expectTypeOf(linkable.seat.number.linkable).toEqualTypeOf<"seat_number">();
// @ts-expect-error the primary key is the code
void linkable.category.id;

// Every entry is something that a link can be made of, whole or by its key.
void (() => defineLink(linkable.faq, { linkable: linkable.category, isList: true }));
void (() => defineLink(linkable.seat.row, { ...linkable.brand.id, primaryKey: "brand_id" }));
expectTypeOf(linkable.seat).toExtend<LinkableEntry>();
