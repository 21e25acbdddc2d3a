import { afterAll, beforeAll, expect, expectTypeOf, test } from "vitest";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Genre } from "../testing/studio/models";
import type { CreateMethod, ListMethod } from "../types/service";
import { ModuleService } from "./module-service";
import { createRepository } from "./repository";

class GenreService extends ModuleService({ Genre }) {
  override listGenres: ListMethod<typeof Genre> = async (filters, config, sharedContext) => {
    const genres = await super.listGenres(filters, { order: { name: "DESC" }, ...config }, sharedContext);
    expectTypeOf(genres[0]!.code).toEqualTypeOf<string>();
    return genres.map((genre) => ({ ...genre, name: genre.name.toUpperCase() }));
  };

  // @ts-expect-error TS2425: generated methods are properties for TypeScript; at run time this is a method like any other.
  override async createGenres(...args: Parameters<CreateMethod<typeof Genre>>) {
    return super.createGenres(...args);
  }
}

let studio: StudioDatabase;
let service: GenreService;

beforeAll(async () => {
  studio = await createStudioDatabase();
  service = new GenreService({ baseRepository: createRepository(studio.connection) });
});
afterAll(() => studio.drop());

test("a service replaces generated methods, and calls what it replaces", async () => {
  await service.createGenres([
    { code: "jazz", name: "jazz" },
    { code: "rock", name: "rock" },
  ]);
  expect((await service.listGenres()).map(({ name }) => name)).toEqual(["ROCK", "JAZZ"]);
  expect((await service.listGenres({ code: "jazz" })).map(({ name }) => name)).toEqual(["JAZZ"]);
  expect((await service.retrieveGenre("jazz")).name).toBe("jazz");
});
