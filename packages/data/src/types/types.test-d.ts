import { expectTypeOf } from "vitest";
import { model } from "../model/model";
import { Album, Artist, Genre, Profile, Ticket } from "../testing/studio/models";
import type { FiltersFor } from "./filters";
import type { CreateInput, UpdateInput } from "./inputs";
import type { InferTypeOf } from "./rows";
import type { GeneratedMethods, ModuleServiceClass } from "./service";

// Rows: properties, relations, foreign keys, exact numbers, and what every row has.
type ArtistRow = InferTypeOf<typeof Artist>;
expectTypeOf<ArtistRow["id"]>().toEqualTypeOf<string>();
expectTypeOf<ArtistRow["bio"]>().toEqualTypeOf<string | null>();
expectTypeOf<ArtistRow["worth"]>().toEqualTypeOf<number>();
expectTypeOf<ArtistRow["raw_worth"]["value"]>().toEqualTypeOf<string>();
expectTypeOf<ArtistRow["status"]>().toEqualTypeOf<"draft" | "live" | "gone">();
expectTypeOf<ArtistRow["nicknames"]>().toEqualTypeOf<string[] | null>();
expectTypeOf<ArtistRow["born_at"]>().toEqualTypeOf<Date | null>();
expectTypeOf<ArtistRow["created_at"]>().toEqualTypeOf<Date>();
expectTypeOf<ArtistRow["deleted_at"]>().toEqualTypeOf<Date | null>();
expectTypeOf<ArtistRow["albums"][number]["title"]>().toEqualTypeOf<string>();
expectTypeOf<ArtistRow["albums"][number]["artist"]["albums"][number]["labels"][number]["name"]>().toEqualTypeOf<string>();
expectTypeOf<NonNullable<ArtistRow["profile"]>["website"]>().toEqualTypeOf<string | null>();
expectTypeOf<null>().toExtend<ArtistRow["profile"]>();

type AlbumRow = InferTypeOf<typeof Album>;
expectTypeOf<AlbumRow["artist_id"]>().toEqualTypeOf<string>();
expectTypeOf<AlbumRow["raw_price"]>().toExtend<{ value: string } | null>();
expectTypeOf<InferTypeOf<typeof Profile>["artist_id"]>().toEqualTypeOf<string>();
expectTypeOf<InferTypeOf<typeof Genre>["code"]>().toEqualTypeOf<string>();

// A model that refers to itself.
type TicketRow = InferTypeOf<typeof Ticket>;
expectTypeOf<TicketRow["parent_id"]>().toEqualTypeOf<string | null>();
expectTypeOf<TicketRow["children"][number]["number"]>().toEqualTypeOf<number>();
expectTypeOf<NonNullable<TicketRow["parent"]>["subject"]>().toEqualTypeOf<string>();

// Foreign keys are named after the primary key of the other model, or as said.
const Country = model.define("country", { iso_2: model.text().primaryKey(), name: model.text() });
const Shop = model.define("shop", {
  id: model.id().primaryKey(),
  country: model.belongsTo(() => Country).nullable(),
  origin: model.hasOne(() => Country, { foreignKey: true, foreignKeyName: "origin_code" }),
});
type ShopRow = InferTypeOf<typeof Shop>;
expectTypeOf<ShopRow["country_iso_2"]>().toEqualTypeOf<string | null>();
expectTypeOf<ShopRow["origin_code"]>().toEqualTypeOf<string>();

// A TypeScript enum.
enum Color {
  Red = "red",
  Blue = "blue",
}
const Paint = model.define("paint", { id: model.id(), color: model.enum(Color).default(Color.Red), layers: model.number().computed() });
expectTypeOf<InferTypeOf<typeof Paint>["color"]>().toExtend<Color>();

// Inputs: required, optional, generated, computed.
expectTypeOf<{ name: string; handle: string }>().toExtend<CreateInput<typeof Artist>>();
expectTypeOf<{ name: string; handle: string; worth: string; born_at: string; albums: [{ title: string; year: number }] }>().toExtend<
  CreateInput<typeof Artist>
>();
expectTypeOf<{ name: string }>().not.toExtend<CreateInput<typeof Artist>>();
expectTypeOf<{ title: string; year: number; artist_id: string; labels: string[] }>().toExtend<CreateInput<typeof Album>>();
expectTypeOf<{ title: string; year: number; artist: string }>().toExtend<CreateInput<typeof Album>>();
expectTypeOf<{ title: number; year: number }>().not.toExtend<CreateInput<typeof Album>>();
expectTypeOf<CreateInput<typeof Paint>>().not.toHaveProperty("layers");
expectTypeOf<{ id: string; bio: null }>().toExtend<UpdateInput<typeof Artist>>();
expectTypeOf<{ bio: string }>().not.toExtend<UpdateInput<typeof Artist>>();
expectTypeOf<{ code: string; name: string }>().toExtend<UpdateInput<typeof Genre>>();

// Filters.
const filters: FiltersFor<typeof Artist>[] = [
  {},
  { id: ["a", "b"], q: "x" },
  { rank: { $gte: 1, $lt: 3 }, bio: null, status: ["live", "gone"] },
  { albums: { title: { $ilike: "%a%" }, labels: { name: "x" } } },
  { $or: [{ name: "a" }, { $and: [{ rank: 1 }] }], born_at: { $lt: "2020-01-01" } },
];
expectTypeOf(filters).toBeArray();
// @ts-expect-error not a status
const badStatus: FiltersFor<typeof Artist> = { status: "unknown" };
// @ts-expect-error no such property
const badName: FiltersFor<typeof Artist> = { nope: 1 };
// @ts-expect-error patterns are for texts
const badPattern: FiltersFor<typeof Artist> = { rank: { $like: "1%" } };
// @ts-expect-error a date has no elements
const badContent: FiltersFor<typeof Artist> = { created_at: { $contains: ["x"] } };
// @ts-expect-error a list is not greater than another
const badComparison: FiltersFor<typeof Artist> = { nicknames: { $gt: "x" } };
// @ts-expect-error neither by the name of a relation nor of its column
const badKey: FiltersFor<typeof Album> = { artist_id: { $overlap: ["x"] } };
expectTypeOf([badStatus, badName, badPattern, badContent, badComparison, badKey]).toBeArray();
const fitting: FiltersFor<typeof Artist>[] = [
  { name: { $ilike: "a%", $gt: "a", $not: { $re: "^x" } }, status: { $like: "l%" } },
  { nicknames: { $overlap: ["x"], $contains: ["y"], $ne: null }, worth: { $gte: "1.50", $in: [1, "2"] } },
  { albums: { artist_id: { $like: "art_%" }, price: { $lt: 5 } } },
];
expectTypeOf(fitting).toBeArray();

// The generated methods, with every overload.
declare const Base: ModuleServiceClass<{ Artist: typeof Artist; Album: typeof Album; Genre: typeof Genre; Category: typeof Ticket }>;
class Service extends Base {
  constructor(container: Record<string, unknown>, options?: { a?: string }) {
    super(container, options);
  }
  async first() {
    const [rows, count] = await this.listAndCountArtists({}, { take: 1, order: { name: "ASC", profile: { website: "DESC" } } });
    expectTypeOf(count).toEqualTypeOf<number>();
    return rows[0];
  }
}
declare const service: Service;
expectTypeOf(service.retrieveArtist("a", { relations: ["albums"], select: ["id", "albums.title"] })).resolves.toEqualTypeOf<ArtistRow>();
expectTypeOf(service.listAlbums({ artist: { name: "x" } }, {}, {})).resolves.toEqualTypeOf<AlbumRow[]>();
expectTypeOf(service.createAlbums([{ title: "a", year: 1, artist_id: "b" }])).resolves.toEqualTypeOf<AlbumRow[]>();
expectTypeOf(service.createAlbums({ title: "a", year: 1, artist_id: "b" })).resolves.toEqualTypeOf<AlbumRow>();
expectTypeOf(service.updateArtists({ id: "a", name: "b" })).resolves.toEqualTypeOf<ArtistRow>();
expectTypeOf(service.updateArtists([{ id: "a", name: "b" }])).resolves.toEqualTypeOf<ArtistRow[]>();
expectTypeOf(service.updateArtists({ selector: { rank: 1 }, data: { rank: 2 } })).resolves.toEqualTypeOf<ArtistRow[]>();
expectTypeOf(service.deleteArtists(["a"])).resolves.toEqualTypeOf<void>();
expectTypeOf(service.softDeleteArtists("a", { returnLinkableKeys: ["artist_id"] })).resolves.toEqualTypeOf<Record<
  string,
  string[]
> | void>();
void service.listArtists(
  {},
  { order: { worth: "DESC NULLS LAST", created_at: "ASC", albums: { title: "ASC", artist: { name: "DESC" } } } },
);
void service.listAlbums({}, { order: { artist_id: "ASC" }, relations: ["artist", "artist.profile"] });
// An order that was put together of texts.
void service.listArtists({}, { order: {} as Record<string, "ASC" | "DESC"> });
// @ts-expect-error no such column
void service.listArtists({}, { order: { nmae: "ASC" } });
// @ts-expect-error no such column behind the relation
void service.listArtists({}, { order: { albums: { titel: "ASC" } } });
// @ts-expect-error no direction
void service.listArtists({}, { order: { name: "UP" } });
expectTypeOf(service.restoreArtists("a")).resolves.toEqualTypeOf<Record<string, string[]> | void>();
expectTypeOf(service.listCategories()).resolves.toEqualTypeOf<TicketRow[]>();
expectTypeOf(service.retrieveCategory).toBeFunction();
// @ts-expect-error a title is text
void service.createAlbums({ title: 1 });
expectTypeOf<GeneratedMethods<{ Person: typeof Genre }>>().toHaveProperty("listPeople");

// A key of several columns is known by all of them; one of a single column, whatever its name, by its value.
declare const theatre: InstanceType<ModuleServiceClass<{ Seat: typeof Seat; Genre: typeof Genre }>>;
const Seat = model.define("seat", { row: model.text().primaryKey(), number: model.number().primaryKey(), note: model.text().nullable() });
expectTypeOf(theatre.retrieveSeat).parameter(0).toEqualTypeOf<{ row: string; number: number }>();
expectTypeOf(theatre.retrieveGenre).parameter(0).toEqualTypeOf<string>();
void theatre.updateSeats({ row: "a", number: 1, note: "x" });
void theatre.deleteSeats([{ row: "a", number: 1 }]);
// @ts-expect-error half a key
void theatre.updateSeats({ row: "a", note: "x" });
// @ts-expect-error half a key
void theatre.retrieveSeat("a");

// Wrong definitions are found at once.
// @ts-expect-error a boolean cannot be searched
model.boolean().searchable();
// @ts-expect-error a hasMany relation is empty, not null
model.hasMany(() => Artist).nullable();
// @ts-expect-error not one of the values
model.enum(["a", "b"]).default("c");
// @ts-expect-error no relation of this name
model.define("x", { id: model.id(), artist: model.belongsTo(() => Artist) }).cascades({ delete: ["artists"] });
// @ts-expect-error no column of this name
model.define("y", { id: model.id(), title: model.text() }).indexes([{ on: ["titel"] }]);
// @ts-expect-error no column of this name
model.define("z", { id: model.id() }).checks([(columns) => `${columns.price} > 0`]);
