import type { SharedContext } from "@velella/kernel";
import { AppError } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Album, Artist, Genre, Label, Profile, Ticket } from "../testing/studio/models";
import { InjectManager, InjectTransactionManager, SharedContextParam } from "./context-decorators";
import { ModuleService } from "./module-service";
import { createRepository } from "./repository";

/** The service of the tests; its hand-written methods are those that apps write. */
class StudioService extends ModuleService({ Artist, Album, Label, Profile, Ticket, Genre }) {
  @InjectManager()
  async countByStatus(@SharedContextParam() sharedContext: SharedContext = {}): Promise<unknown[]> {
    const text = "select status, count(*)::int as n from artist where deleted_at is null group by status order by status";
    return (sharedContext.manager as NonNullable<SharedContext["manager"]>).execute(text);
  }

  @InjectTransactionManager()
  protected async renameAll_(suffix: string, fail: boolean, @SharedContextParam() sharedContext: SharedContext = {}) {
    const artists = await this.listArtists({}, { order: { name: "ASC" } }, sharedContext);
    const updated = await this.updateArtists(
      artists.map((artist) => ({ id: artist.id, name: `${artist.name}${suffix}` })),
      sharedContext,
    );
    if (fail) throw new AppError("not_allowed", "rename refused, nothing may change");
    return updated;
  }

  @InjectManager()
  async renameAll(suffix: string, fail = false, @SharedContextParam() sharedContext: SharedContext = {}): Promise<string[]> {
    return (await this.renameAll_(suffix, fail, sharedContext)).map((artist) => artist.name).sort();
  }
}

let studio: StudioDatabase;
let service: StudioService;
const ids: Record<string, string> = {};

beforeAll(async () => {
  studio = await createStudioDatabase();
  service = new StudioService({ baseRepository: createRepository(studio.connection) });
});
afterAll(() => studio.drop());

/** A result as clients see it. */
const json = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
const dates = { created_at: expect.any(Date), updated_at: expect.any(Date), deleted_at: null };
const zero = { worth: 0, raw_worth: { value: "0", precision: 20 } };
const artistDefaults = {
  bio: null,
  rank: 0,
  rating: null,
  is_active: true,
  status: "draft",
  nicknames: null,
  data: null,
  born_at: null,
  ...zero,
  ...dates,
};

// The tests below follow one another on one database, as the recorded scenario of the contract does.

test("create one: every property type, generated id, lists of relations", async () => {
  const ann = await service.createArtists({
    name: "Ann",
    handle: "ann",
    bio: "b",
    rank: 3,
    rating: 4.5,
    worth: 1234567890.12,
    nicknames: ["a", "n"],
    data: { deep: { x: [1] } },
    born_at: "1999-01-02T00:00:00.000Z",
    status: "live",
  });
  ids.ann = ann.id;
  expect(ann).toEqual({
    ...{
      id: expect.stringMatching(/^art_[0-9A-Z]{26}$/),
      name: "Ann",
      handle: "ann",
      bio: "b",
      rank: 3,
      rating: 4.5,
      is_active: true,
      status: "live",
    },
    ...{ nicknames: ["a", "n"], data: { deep: { x: [1] } }, born_at: new Date("1999-01-02T00:00:00.000Z"), ...dates },
    ...{ albums: [], worth: 1234567890.12, raw_worth: { value: "1234567890.12", precision: 20 } },
  });
});

test("create many with defaults, in the order given", async () => {
  const [bob, cy] = await service.createArtists([
    { name: "Bob", handle: "bob" },
    { name: "Cy", handle: "cy", rank: 9 },
  ]);
  expect(bob).toEqual({ id: expect.any(String), name: "Bob", handle: "bob", ...artistDefaults, albums: [] });
  expect(cy).toEqual({ id: expect.any(String), name: "Cy", handle: "cy", ...artistDefaults, rank: 9, albums: [] });
  ids.bob = bob?.id as string;
  ids.cy = cy?.id as string;
});

test("what is wrong with new rows", async () => {
  await expect(service.createArtists({ name: "X", handle: "ann" })).rejects.toMatchObject({
    type: "invalid_data",
    message: "Artist with handle: ann, already exists.",
  });
  const missing = service.createArtists({ name: "X" });
  await expect(missing).rejects.toThrow("Value for Artist.handle is required, 'undefined' found");
  await expect(missing).rejects.not.toHaveProperty("type");
  await expect(service.createArtists({ name: "X", handle: "x", status: "nope" as "live" })).rejects.toThrow(
    "Value for Artist.status must be one of draft, live, gone, 'nope' found",
  );
  await expect(service.createArtists({ name: "X", handle: "x", rank: -1 })).rejects.toMatchObject({
    type: "database_error",
    message: expect.stringContaining("artist_rank_positive"),
  });
});

test("unknown properties are ignored", async () => {
  const data = { name: "X", handle: "x1", foo: 1 };
  expect(await service.createArtists(data)).toEqual({ id: expect.any(String), name: "X", handle: "x1", ...artistDefaults, albums: [] });
});

test("retrieve: whole, selected, with relations, and what is not there", async () => {
  expect(json(await service.retrieveArtist(ids.ann as string))).toEqual({
    ...{ id: ids.ann, name: "Ann", handle: "ann", bio: "b", rank: 3, rating: 4.5, is_active: true, status: "live", nicknames: ["a", "n"] },
    ...{
      data: { deep: { x: [1] } },
      born_at: "1999-01-02T00:00:00.000Z",
      profile: null,
      worth: 1234567890.12,
      raw_worth: { value: "1234567890.12", precision: 20 },
    },
    ...{ created_at: expect.any(String), updated_at: expect.any(String), deleted_at: null },
  });
  await expect(service.retrieveArtist("art_none")).rejects.toMatchObject({
    type: "not_found",
    message: "Artist with id: art_none was not found",
  });
  await expect(service.retrieveArtist(undefined as unknown as string)).rejects.toMatchObject({
    type: "not_found",
    message: "artist - id must be defined",
  });
  expect(await service.retrieveArtist(ids.ann as string, { select: ["name", "worth"] })).toEqual({
    ...{ id: ids.ann, name: "Ann", worth: 1234567890.12, raw_worth: { value: "1234567890.12", precision: 20 } },
  });
  expect(await service.retrieveArtist(ids.ann as string, { select: ["id", "name"], relations: ["albums", "profile"] })).toEqual({
    ...{ id: ids.ann, name: "Ann", profile: null, albums: [] },
  });
});

test("list: order, page, filters, count", async () => {
  const names = async (...args: Parameters<StudioService["listArtists"]>) =>
    (await service.listArtists(...args)).map((row) => row.name).join();
  expect(await names({}, { order: { rank: "DESC" }, select: ["name", "rank"] })).toBe("Cy,Ann,Bob,X");
  expect(await service.listArtists({}, { order: { name: "ASC" }, select: ["name"], take: 1, skip: 1 })).toEqual([
    { id: ids.bob, name: "Bob" },
  ]);
  expect(await names({ name: ["Ann", "Cy"] })).toBe("Ann,Cy");
  expect(await names({ rank: { $gte: 3, $lt: 9 } })).toBe("Ann");
  expect(await names({ name: { $ilike: "%O%" } })).toBe("Bob");
  expect(await names({ $or: [{ name: "Ann" }, { rank: { $gt: 8 } }] })).toBe("Ann,Cy");
  expect(await names({ $and: [{ bio: { $ne: null } }, { is_active: true }] })).toBe("Ann");
  expect(await names({ q: "an" })).toBe("Ann");
  expect(await names({ bio: null }, { order: { name: "ASC" } })).toBe("Bob,Cy,X");
  expect(await names()).toBe("Ann,Bob,Cy,X");
  expect(await service.listAndCountArtists({ is_active: true }, { take: 1, order: { name: "ASC" }, select: ["name"] })).toEqual([
    [{ id: ids.ann, name: "Ann" }],
    4,
  ]);
  await expect(service.listArtists({ nope: 1 } as object)).rejects.toThrow("Trying to query by not existing property Artist.nope");
  await expect(service.listArtists({}, { relations: ["nope"] })).rejects.toThrow(
    'Artist has no relation "nope". Relations: albums, profile.',
  );
});

test("update: one, many, by selector, and what is not there", async () => {
  const bob = { id: ids.bob, name: "Bob", handle: "bob", ...artistDefaults, profile: null };
  expect(await service.updateArtists({ id: ids.bob as string, rank: 5, data: { a: 1 } })).toEqual({ ...bob, rank: 5, data: { a: 1 } });
  expect(await service.updateArtists({ selector: { name: "Cy" }, data: { bio: "cy!" } })).toMatchObject([
    { id: ids.cy, bio: "cy!", rank: 9, profile: null },
  ]);
  const both = await service.updateArtists([
    { id: ids.cy as string, bio: "2" },
    { id: ids.bob as string, bio: "1" },
  ]);
  expect(both).toMatchObject([
    { id: ids.cy, bio: "2" },
    { ...bob, bio: "1", rank: 5, data: { a: 1 } },
  ]);
  await expect(service.updateArtists({ id: "art_none", rank: 1 })).rejects.toMatchObject({
    type: "not_found",
    message: 'Artist with id "art_none" not found',
  });
  expect(await service.updateArtists({ selector: { name: "nobody" }, data: { bio: "x" } })).toEqual([]);
  await expect(service.updateArtists({ id: ids.bob as string, name: null as unknown as string })).rejects.toThrow(
    "Cannot set field 'name' of Artist to null",
  );
});

test("children: foreign key, exact price, composite unique, unknown parent", async () => {
  const [one, two] = await service.createAlbums([
    { title: "One", year: 2001, artist_id: ids.ann as string, price: 9.99 },
    { title: "Two", year: 2002, artist: ids.ann as string },
  ]);
  expect(one).toEqual({
    id: expect.any(String),
    title: "One",
    year: 2001,
    artist_id: ids.ann,
    price: 9.99,
    raw_price: { value: "9.99", precision: 20 },
    labels: [],
    ...dates,
  });
  expect(two).toEqual({
    id: expect.any(String),
    title: "Two",
    year: 2002,
    artist_id: ids.ann,
    price: null,
    raw_price: null,
    labels: [],
    ...dates,
  });
  ids.one = one?.id as string;
  ids.two = two?.id as string;
  await expect(service.createAlbums({ title: "One", year: 2003, artist_id: ids.ann as string })).rejects.toMatchObject({
    type: "invalid_data",
    message: `Album with artist_id: ${ids.ann}, title: One, already exists.`,
  });
  await expect(service.createAlbums({ title: "Z", year: 1, artist_id: "art_none" })).rejects.toMatchObject({
    type: "not_found",
    message: "You tried to set relationship artist_id: art_none, but such entity does not exist",
  });
});

test("nested create, read and filter", async () => {
  const dee = await service.createArtists({
    name: "Dee",
    handle: "dee",
    albums: [{ title: "D1", year: 2010 }],
    profile: { website: "https://dee.test" },
  });
  ids.dee = dee.id;
  expect(dee).toEqual({
    ...{ id: dee.id, name: "Dee", handle: "dee", ...artistDefaults },
    profile: { id: expect.stringMatching(/^prf_/), website: "https://dee.test", artist_id: dee.id, ...dates },
    albums: [
      {
        id: expect.stringMatching(/^alb_/),
        title: "D1",
        year: 2010,
        artist_id: dee.id,
        price: null,
        raw_price: null,
        labels: [],
        ...dates,
      },
    ],
  });
  const read = await service.retrieveArtist(dee.id, {
    relations: ["albums", "profile"],
    select: ["name", "albums.title", "profile.website"],
  });
  expect(read).toEqual({
    ...{ id: dee.id, name: "Dee" },
    profile: { id: expect.any(String), website: "https://dee.test" },
    albums: [{ id: expect.any(String), title: "D1", artist_id: dee.id }],
  });
  expect(await service.listArtists({ albums: { title: "D1" } }, { select: ["name"] })).toEqual([{ id: dee.id, name: "Dee" }]);
});

test("many to many: created by ids, read back, replaced as a set", async () => {
  const [l1, l2] = await service.createLabels([
    { name: "L1", albums: [ids.one as string, ids.two as string] },
    { name: "L2", albums: [ids.one as string] },
  ]);
  expect(l1).toEqual({ id: expect.any(String), name: "L1", albums: [{ id: ids.one }, { id: ids.two }], ...dates });
  const albums = await service.listAlbums({}, { relations: ["labels"], select: ["title", "labels.name"], order: { title: "ASC" } });
  const short = { l1: { id: l1?.id, name: "L1" }, l2: { id: l2?.id, name: "L2" } };
  expect(albums).toEqual([
    { id: expect.any(String), title: "D1", labels: [] },
    { id: ids.one, title: "One", labels: [short.l1, short.l2] },
    { id: ids.two, title: "Two", labels: [short.l1] },
  ]);
  const [updated] = await service.updateAlbums([{ id: ids.one as string, labels: [l2?.id as string, { name: "L3" }] }]);
  expect(updated).toMatchObject({ id: ids.one, labels: [{ id: l2?.id }, { name: "L3" }] });
  const labels = async (id: string) =>
    (await service.retrieveAlbum(id, { relations: ["labels"] })).labels.map((label) => label.name).join();
  expect(await labels(ids.one as string)).toBe("L2,L3");
  expect(await labels(ids.two as string)).toBe("L1");
  await service.updateAlbums({ id: ids.one as string, labels: [] });
  expect(await labels(ids.one as string)).toBe("");
  await expect(service.updateAlbums({ id: ids.one as string, labels: ["lab_none"] })).rejects.toThrow(
    "You tried to set relationship label_id: lab_none, but such entity does not exist",
  );
});

test("children given to an update are added; a row with a known id is refused", async () => {
  const updated = await service.updateArtists({
    id: ids.dee as string,
    albums: [{ title: "D2", year: 2011 }],
    profile: { website: "https://new.test" },
  });
  expect(updated.albums).toMatchObject([{ title: "D2", artist_id: ids.dee }]);
  expect(updated.profile).toMatchObject({ website: "https://new.test", artist_id: ids.dee });
  const albums = (await service.retrieveArtist(ids.dee as string, { relations: ["albums"] })).albums;
  expect(albums.map((album) => album.title)).toEqual(["D1", "D2"]);
  await expect(
    service.updateArtists({ id: ids.dee as string, albums: [{ id: albums[0]?.id as string, title: "D1 again", year: 1 }] }),
  ).rejects.toThrow(`Album with id: ${albums[0]?.id}, already exists.`);
  await service.deleteAlbums({ title: "D2" });
});

test("autoincrement and a reference to the same model", async () => {
  const first = await service.createTickets({ subject: "first" });
  expect(first).toEqual({
    id: expect.stringMatching(/^[0-9A-Z]{26}$/),
    number: 1,
    subject: "first",
    parent_id: null,
    children: [],
    ...dates,
  });
  const second = await service.createTickets({ subject: "second", parent_id: first.id });
  expect(second).toMatchObject({ number: 2, parent_id: first.id, children: [] });
  expect(await service.retrieveTicket(first.id, { relations: ["children"] })).toEqual({
    ...{ id: first.id, number: 1, subject: "first", parent_id: null, parent: null, ...dates },
    children: [{ id: second.id, number: 2, subject: "second", parent_id: first.id, ...dates }],
  });
  const tree = await service.createTickets({
    subject: "a",
    parent: { subject: "above" },
    children: [{ subject: "b", children: [{ subject: "c" }] }],
  });
  const whole = await service.retrieveTicket(tree.id, { relations: ["parent", "children.children"] });
  expect([whole.parent?.subject, whole.children[0]?.subject, whole.children[0]?.children[0]?.subject]).toEqual(["above", "b", "c"]);
});

test("a text as primary key", async () => {
  expect(
    await service.createGenres([
      { code: "rock", name: "Rock" },
      { code: "pop", name: "Pop" },
    ]),
  ).toEqual([
    { code: "rock", name: "Rock", ...dates },
    { code: "pop", name: "Pop", ...dates },
  ]);
  expect(await service.retrieveGenre("rock")).toEqual({ code: "rock", name: "Rock", ...dates });
  await expect(service.createGenres({ code: "rock", name: "Rock 2" })).rejects.toThrow("Genre with code: rock, already exists.");
  await expect(service.retrieveGenre("jazz")).rejects.toThrow("Genre with code: jazz was not found");
});

test("soft delete and restore, with what belongs to the row", async () => {
  const keys = { artist_id: [ids.dee], album_id: [expect.stringMatching(/^alb_/)], profile_id: [expect.stringMatching(/^prf_/)] };
  expect(await service.softDeleteArtists([ids.dee as string])).toEqual(keys);
  expect(await service.listArtists({ id: ids.dee as string })).toEqual([]);
  expect(await service.listAlbums({ title: "D1" })).toEqual([]);
  const hidden = await service.listArtists({ id: ids.dee as string }, { withDeleted: true, select: ["name", "deleted_at"] });
  expect(hidden).toEqual([{ id: ids.dee, name: "Dee", deleted_at: expect.any(Date) }]);
  await expect(service.updateArtists({ id: ids.dee as string, rank: 1 })).rejects.toThrow(`Artist with id "${ids.dee}" not found`);
  expect(await service.createArtists({ name: "Dee 2", handle: "dee-2" })).toMatchObject({ name: "Dee 2", albums: [] });
  expect(await service.restoreArtists([ids.dee as string])).toEqual(keys);
  expect(await service.listAlbums({ title: "D1" }, { select: ["title"] })).toEqual([{ id: expect.any(String), title: "D1" }]);
  expect(await service.softDeleteArtists("art_none")).toEqual({});
});

test("restoring brings back only what went with it, and refuses a unique value taken meanwhile", async () => {
  const eve = await service.createArtists({
    name: "Eve",
    handle: "eve",
    albums: [
      { title: "E1", year: 1 },
      { title: "E2", year: 2 },
    ],
  });
  await service.softDeleteAlbums(eve.albums[0]?.id as string);
  expect(await service.softDeleteArtists(eve.id, { returnLinkableKeys: ["album_id"] })).toEqual({ album_id: [eve.albums[1]?.id] });
  const taken = await service.createArtists({ name: "Eve 2", handle: "eve" });
  await expect(service.restoreArtists(eve.id)).rejects.toThrow("Artist with handle: eve, already exists.");
  expect(await service.listAlbums({ title: ["E1", "E2"] })).toEqual([]);
  await service.deleteArtists(taken.id);
  await service.restoreArtists({ handle: "eve" });
  expect((await service.listAlbums({ title: ["E1", "E2"] })).map((album) => album.title)).toEqual(["E2"]);
  await service.deleteArtists({ handle: "eve" });
});

test("filters in the config of a read hold as well", async () => {
  const { id, name } = await service.createArtists({ name: "Filtered", handle: "filtered", rank: 5 });
  expect(await service.retrieveArtist(id, { filters: { rank: 5 } })).toMatchObject({ name });
  await expect(service.retrieveArtist(id, { filters: { rank: 6 } })).rejects.toThrow(`Artist with id: ${id} was not found`);
  expect(await service.listArtists({ name }, { filters: { rank: { $gt: 5 } } })).toEqual([]);
  expect(await service.listAndCountArtists({}, { filters: { id }, take: 1 })).toMatchObject([[{ id }], 1]);
  await expect(service.listArtists({}, { filters: { nope: 1 } })).rejects.toThrow("Trying to query by not existing property Artist.nope");
  await service.deleteArtists(id);
});

test("delete: by id, unknown, by selector, and never everything by mistake", async () => {
  expect(await service.deleteArtists(ids.cy as string)).toBeUndefined();
  await expect(service.retrieveArtist(ids.cy as string)).rejects.toThrow(`Artist with id: ${ids.cy} was not found`);
  expect(await service.deleteArtists("art_none")).toBeUndefined();
  await expect(service.deleteArtists({ name: undefined })).rejects.toMatchObject({ reason: "data.undefined_selector" });
  await expect(service.deleteArtists({})).rejects.toMatchObject({ reason: "data.empty_selector" });
  await expect(service.deleteArtists(undefined as unknown as string)).rejects.toMatchObject({ reason: "data.key_missing" });
  const everything: Record<string, unknown>[] = [
    { $or: [] },
    { $and: [] },
    { $and: [{}, { $or: [{ name: undefined }] }] },
    { $not: {} },
    { $or: [{ name: "nobody" }, {}] },
    { q: "" },
    { albums: {} },
    { profile: { artist: {} } },
    { data: {} },
    { id: { $ne: undefined } },
  ];
  const before = await service.listArtists({}, { withDeleted: true });
  for (const selector of everything) {
    const refused = { type: "invalid_data", reason: "data.empty_selector", message: expect.stringContaining("every Artist") };
    for (const given of [selector, [selector], ["art_none", selector]]) {
      await expect(service.deleteArtists(given as never)).rejects.toMatchObject(refused);
      await expect(service.softDeleteArtists(given as never)).rejects.toMatchObject(refused);
      await expect(service.restoreArtists(given as never)).rejects.toMatchObject(refused);
      await expect(service.updateArtists({ selector: given as never, data: { rank: 77 } })).rejects.toMatchObject(refused);
    }
  }
  // A model that nothing is searched in.
  await expect(service.deleteLabels({ q: "x" })).rejects.toMatchObject({ reason: "data.empty_selector" });
  expect(await service.listArtists({}, { withDeleted: true })).toEqual(before);
  const parent = await service.createTickets({ subject: "p", children: [{ subject: "c" }] });
  await studio.connection.query("alter table studio_ticket drop constraint studio_ticket_parent_id_foreign");
  await studio.connection.query(
    "alter table studio_ticket add constraint studio_ticket_parent_id_foreign foreign key (parent_id) references studio_ticket",
  );
  await expect(service.deleteTickets(parent.id)).rejects.toMatchObject({
    type: "not_allowed",
    message: expect.stringContaining(`Ticket with id: ${parent.id} cannot be deleted`),
  });
});

test("raw SQL by the manager, and transactions of decorated methods", async () => {
  expect(await service.countByStatus()).toEqual([
    { status: "draft", n: 4 },
    { status: "live", n: 1 },
  ]);
  expect(await service.renameAll("!")).toEqual(["Ann!", "Bob!", "Dee 2!", "Dee!", "X!"]);
  await expect(service.renameAll("?", true)).rejects.toMatchObject({ type: "not_allowed", message: "rename refused, nothing may change" });
  expect((await service.listArtists({}, { order: { name: "ASC" } })).map((row) => row.name)).toEqual([
    "Ann!",
    "Bob!",
    "Dee 2!",
    "Dee!",
    "X!",
  ]);
});
