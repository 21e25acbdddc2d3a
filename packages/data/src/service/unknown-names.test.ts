import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Album, Artist, Label, Profile, Ticket } from "../testing/studio/models";
import { createRepository } from "./repository";
import { ModuleService } from "./module-service";

const Studio = ModuleService({ Artist, Album, Label, Profile, Ticket });

let studio: StudioDatabase;
const lines: string[] = [];
const warn = (line: string) => void lines.push(line);

beforeAll(async () => {
  studio = await createStudioDatabase();
});
afterAll(() => studio.drop());
beforeEach(() => {
  lines.length = 0;
});

const open = (unknownNames?: { strict?: boolean }) =>
  new Studio({ baseRepository: createRepository(studio.connection, unknownNames && { unknownNames: { ...unknownNames, warn } }) });

test("unknown properties are ignored, with a warning that gives the nearest names, once", async () => {
  const service = open({});
  const data = { name: "Ann", handle: "ann", nickname: ["a"], albums: [{ title: "One", year: 1, titel: "x" }] };
  const ann = await service.createArtists(data);
  expect(ann).not.toHaveProperty("nickname");
  expect(lines).toEqual([
    'The create ignores "nickname", which Artist does not have. Did you mean "nicknames"?',
    'The create ignores "titel", which Album does not have. Did you mean "title"?',
  ]);
  await service.updateArtists({ selector: { handle: "ann" }, data: { ranks: 3 } as never });
  await service.updateArtists({ id: ann.id, ranks: 4 } as never);
  expect(lines.slice(2)).toEqual(['The update ignores "ranks", which Artist does not have. Did you mean "rank"?']);
});

test("unknown fields are ignored in the same way; rows that were read may be handed back whole", async () => {
  const service = open({});
  await service.listArtists(
    {},
    { select: ["id", "naem", "albums.titel", "albums.artist.profil.website", "albums.*"] as never, relations: ["albums"] },
  );
  expect(lines).toEqual([
    'The select ignores "naem", which Artist does not have. Did you mean "name"?',
    'The select ignores "titel", which Album does not have. Did you mean "title"?',
    'The select ignores "profil", which Artist does not have. Did you mean "profile"?',
  ]);
  lines.length = 0;
  const [row] = await service.listArtists({}, { relations: ["albums", "profile"], take: 1 });
  await service.updateArtists({ ...row, albums: undefined, bio: "b" } as never);
  await service.listArtists({}, { select: ["id", "raw_worth", "albums.raw_price"] as never });
  expect(lines).toEqual([]);
});

test("under strict they are errors, and nothing is written", async () => {
  const service = open({ strict: true });
  await expect(
    service.createArtists({ name: "Bo", handle: "bo", albums: [{ title: "T", year: 1, yaer: 2 }] } as never),
  ).rejects.toMatchObject({
    type: "invalid_data",
    reason: "data.unknown_names",
    message: "The create names Album.yaer, which does not exist.",
    hint: 'Album.yaer: Did you mean "year"?',
  });
  expect(await service.listArtists({ handle: "bo" })).toEqual([]);
  await expect(service.listArtists({}, { select: ["nope"] as never })).rejects.toMatchObject({ reason: "data.unknown_names" });
  await expect(service.retrieveArtist("a", { select: ["nope", "nor"] as never })).rejects.toThrow(
    "The select names Artist.nope, Artist.nor, which do not exist.",
  );
});

test("data that contains itself is still refused for what it is", async () => {
  const ticket: Record<string, unknown> = { subject: "s" };
  ticket.children = [ticket];
  await expect(open({}).createTickets(ticket as never)).rejects.toMatchObject({ reason: "data.cyclic_data" });
});

test("without anyone to tell, they are ignored without a word", async () => {
  await open().createArtists({ name: "Cy", handle: "cy", nope: 1 } as never);
  expect(lines).toEqual([]);
});
