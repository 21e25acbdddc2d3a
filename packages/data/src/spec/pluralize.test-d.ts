import { expectTypeOf } from "vitest";
import type { CamelCase, PascalCase, SnakeCase } from "./naming";
import type { Pluralize } from "./pluralize";

// The contract's words, which pluralize.test.ts checks at run time.
expectTypeOf<Pluralize<"Status">>().toEqualTypeOf<"Statuses">();
expectTypeOf<Pluralize<"Category">>().toEqualTypeOf<"Categories">();
expectTypeOf<Pluralize<"Box">>().toEqualTypeOf<"Boxes">();
expectTypeOf<Pluralize<"Person">>().toEqualTypeOf<"People">();
expectTypeOf<Pluralize<"SalesPerson">>().toEqualTypeOf<"SalesPeople">();
expectTypeOf<Pluralize<"Media">>().toEqualTypeOf<"Media">();
expectTypeOf<Pluralize<"DigitalProductMedia">>().toEqualTypeOf<"DigitalProductMedias">();
expectTypeOf<Pluralize<"Data">>().toEqualTypeOf<"Data">();
expectTypeOf<Pluralize<"Info">>().toEqualTypeOf<"Info">();
expectTypeOf<Pluralize<"Series">>().toEqualTypeOf<"Series">();
expectTypeOf<Pluralize<"News">>().toEqualTypeOf<"News">();
expectTypeOf<Pluralize<"Analysis">>().toEqualTypeOf<"Analyses">();
expectTypeOf<Pluralize<"Leaf">>().toEqualTypeOf<"Leaves">();
expectTypeOf<Pluralize<"Quiz">>().toEqualTypeOf<"Quizzes">();
expectTypeOf<Pluralize<"Hero">>().toEqualTypeOf<"Heroes">();
expectTypeOf<Pluralize<"Address">>().toEqualTypeOf<"Addresses">();
expectTypeOf<Pluralize<"Day">>().toEqualTypeOf<"Days">();
expectTypeOf<Pluralize<"Delivery">>().toEqualTypeOf<"Deliveries">();
expectTypeOf<Pluralize<"Tax">>().toEqualTypeOf<"Taxes">();
expectTypeOf<Pluralize<"Bus">>().toEqualTypeOf<"Buses">();
expectTypeOf<Pluralize<"Artist">>().toEqualTypeOf<"Artists">();
expectTypeOf<Pluralize<"TranslationSettings">>().toEqualTypeOf<"TranslationSettings">();

expectTypeOf<SnakeCase<"BlogPost">>().toEqualTypeOf<"blog_post">();
expectTypeOf<SnakeCase<"blog_post">>().toEqualTypeOf<"blog_post">();
expectTypeOf<CamelCase<"blog_post">>().toEqualTypeOf<"blogPost">();
expectTypeOf<PascalCase<"blog_post">>().toEqualTypeOf<"BlogPost">();
