import type { InferTypeOf, MedusaContainer } from "@medusajs/framework/types";
import { Modules } from "@medusajs/framework/utils";
import type { WorkflowData } from "@medusajs/framework/workflows-sdk";
import { createProductsWorkflow } from "@medusajs/medusa/core-flows";
import { expectTypeOf } from "vitest";
import type { GET, POST } from "./src/api/admin/artists/route";
import ReviewModule from "./src/modules/review";
import StudioModule from "./src/modules/studio";
import type { Album } from "./src/modules/studio/models/album";
import type { Artist } from "./src/modules/studio/models/artist";
import type { Ticket } from "./src/modules/studio/models/ticket";
import type StudioModuleService from "./src/modules/studio/service";
import { createArtistWorkflow } from "./src/workflows/create-artist";
import { nestedWorkflow, sumWorkflow } from "./src/workflows/misc";

/** That the app's types are inferred, and not `any`: checked together with the app, as its own settings say. */

declare const container: MedusaContainer;
declare const service: StudioModuleService;

// Rows of models that refer to each other in a circle, spread over files.
type ArtistRow = InferTypeOf<typeof Artist>;
expectTypeOf<ArtistRow["albums"][number]["labels"][number]["albums"][number]["artist"]["profile"]>().toEqualTypeOf<ArtistRow["profile"]>();
expectTypeOf<ArtistRow["status"]>().toEqualTypeOf<"draft" | "live" | "gone">();
expectTypeOf<ArtistRow["raw_worth"]["value"]>().toEqualTypeOf<string>();
expectTypeOf<InferTypeOf<typeof Album>["artist_id"]>().toEqualTypeOf<string>();
expectTypeOf<InferTypeOf<typeof Ticket>["children"][number]["parent_id"]>().toEqualTypeOf<string | null>();

// Generated methods of the service, and its own beside them.
expectTypeOf(service.listArtists({ albums: { title: "a" }, rank: { $gte: 1 } }, { order: { name: "ASC" } })).resolves.toEqualTypeOf<
  ArtistRow[]
>();
expectTypeOf(service.retrieveGenre("rock")).resolves.toHaveProperty("code").toEqualTypeOf<string>();
expectTypeOf(service.createAlbums([{ title: "a", year: 1, artist_id: "b" }])).resolves.toEqualTypeOf<InferTypeOf<typeof Album>[]>();
// @ts-expect-error -- not a status
void service.listArtists({ status: "unknown" });
// @ts-expect-error -- a year is a number
void service.createAlbums({ title: "a", year: "1" });

// Modules and what links are made of.
expectTypeOf(StudioModule.service).toEqualTypeOf<typeof StudioModuleService>();
expectTypeOf(StudioModule.linkable.artist.serviceName).toEqualTypeOf<"studio">();
expectTypeOf(ReviewModule.linkable).toHaveProperty("review");
// @ts-expect-error -- no such model
void StudioModule.linkable.painter;

// Workflows: input, result, and what hooks get.
expectTypeOf(sumWorkflow(container).run({ input: { a: 1, b: 2 } }))
  .resolves.toHaveProperty("result")
  .toEqualTypeOf<number>();
expectTypeOf(nestedWorkflow(container).run({ input: { a: 1, b: 2 } }))
  .resolves.toHaveProperty("result")
  .toEqualTypeOf<{ first: number; second: number }>();
const created = createArtistWorkflow(container).run({ input: { artist: {}, albums: [{ title: "a", year: 1 }], fail: "before" } });
expectTypeOf(created).resolves.toHaveProperty("result").toHaveProperty("notes").toEqualTypeOf<string[]>();
// @ts-expect-error -- a number is missing
void sumWorkflow(container).run({ input: { a: 1 } });
createArtistWorkflow.hooks.artistCreated(({ input }) =>
  expectTypeOf(input.fail).toEqualTypeOf<"before" | "after" | "medusa" | undefined>(),
);
createProductsWorkflow.hooks.productsCreated(({ products, additional_data }, { container }) => {
  expectTypeOf(products[0]!.variants[0]!.sku).toEqualTypeOf<string | null>();
  expectTypeOf(additional_data).toEqualTypeOf<Record<string, unknown> | undefined>();
  expectTypeOf(container).toEqualTypeOf<MedusaContainer>();
});
expectTypeOf<WorkflowData<string>>().toExtend<string>();

// What the container gives by name, and what requests carry.
expectTypeOf(container.resolve("query").graph).toBeFunction();
expectTypeOf(container.resolve(Modules.PRODUCT).listProducts).toBeFunction();
expectTypeOf(container.resolve(Modules.PRODUCT)).not.toBeAny();
expectTypeOf<Parameters<typeof GET>[0]["auth_context"]["actor_id"]>().toEqualTypeOf<string>();
expectTypeOf<Parameters<typeof GET>[0]["params"]>().toEqualTypeOf<Record<string, string>>();
expectTypeOf<Parameters<typeof POST>[0]["validatedBody"]>().toBeAny();
