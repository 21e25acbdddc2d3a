import { model } from "@velella/data";
import { expectTypeOf, test } from "vitest";
import { Module } from "../modules/module";
import type {
  FieldOf,
  GraphRowOf,
  LinkEntity,
  ModelEntity,
  ModelOf,
  ServiceOf,
  ToMany,
  ToOne,
  ToOneIfAny,
  ToOneOrMany,
  ToOneOrNull,
  ToValue,
  UntypedEntity,
  VirtualEntity,
} from "./graph-types";

const Singer = model.define("singer", {
  id: model.id().primaryKey(),
  name: model.text(),
  born_at: model.dateTime().nullable(),
  worth: model.bigNumber(),
  data: model.json().nullable(),
  songs: model.hasMany(() => Song, { mappedBy: "singer" }),
  label: model.belongsTo(() => Label).nullable(),
});
const Song = model.define("song", { id: model.id().primaryKey(), title: model.text(), singer: model.belongsTo(() => Singer) });
const Label = model.define("label", { code: model.text().primaryKey(), name: model.text() });

declare class SingingService {
  static readonly $modelObjects: { Singer: typeof Singer; Song: typeof Song; Label: typeof Label };
  listLyrics(filters: object): Promise<{ song_id: string; text: string }[]>;
}
const SingingModule = Module("singing", { service: SingingService });

declare module "./graph-types" {
  interface GraphNames {
    singer: "singing.Singer";
    singers: "singing.Singer";
    song: "singing.Song";
    singer_fan: "link_modules.LinkSingerFan";
    lyrics: "singing.lyrics";
  }
  interface GraphEntities {
    "singing.Singer": ModelEntity<ModelOf<typeof SingingModule, "Singer">>;
    "singing.Song": ModelEntity<typeof Song>;
    "singing.Label": ModelEntity<typeof Label>;
    "link_modules.LinkSingerFan": LinkEntity<"singer_id" | "fan_id", { since: number | null }>;
    "agency.Agent": UntypedEntity;
    "singing.lyrics": VirtualEntity<ServiceOf<typeof SingingModule>, "listLyrics" | "list", "song_id">;
  }
  interface GraphEdges {
    "singing.Singer/songs": ToMany<"singing.Song">;
    "singing.Singer/label": ToOneOrNull<"singing.Label">;
    "singing.Singer/manager": ToOneIfAny<"singing.Singer">;
    "singing.Singer/fee": ToValue<{ amount: number; currency: string }>;
    "singing.Song/singer": ToOne<"singing.Singer">;
    "singing.Song/lyrics": ToOneOrMany<"singing.lyrics">;
    "singing.Singer/agent": ToOneIfAny<"agency.Agent">;
    "link_modules.LinkSingerFan/singer": ToOneIfAny<"singing.Singer">;
  }
}

test("columns named are in the row, with their types, and no others", () => {
  type Row = GraphRowOf<"singer", "id" | "born_at" | "worth">;
  expectTypeOf<Row>().toEqualTypeOf<{ id: string; born_at: Date | null; worth: number }>();
  expectTypeOf<GraphRowOf<"singers", "raw_worth">>().toHaveProperty("raw_worth").toHaveProperty("value").toEqualTypeOf<string>();
});

test("all columns are those of the entity itself", () => {
  type Row = GraphRowOf<"singer", "*">;
  expectTypeOf<Row["label_code"]>().toEqualTypeOf<string | null>();
  expectTypeOf<Row["deleted_at"]>().toEqualTypeOf<Date | null>();
  expectTypeOf<Row>().not.toHaveProperty("songs");
});

test("edges bring what is asked for below them, and the key of the record", () => {
  type Row = GraphRowOf<"singer", "name" | "songs.title" | "label.name" | "manager.manager.name">;
  expectTypeOf<Row>().toEqualTypeOf<{
    name: string;
    songs: { id: string; title: string }[];
    label: { code: string; name: string } | null;
    manager?: { id: string; manager?: { id: string; name: string } };
  }>();
});

test("the short form of the HTTP interface means the same", () => {
  expectTypeOf<GraphRowOf<"song", "*singer">>().toEqualTypeOf<GraphRowOf<"song", "singer.*">>();
});

test("documents and computed values come as a whole", () => {
  expectTypeOf<GraphRowOf<"singer", "data.color">>().toEqualTypeOf<{ data: Record<string, unknown> | null }>();
  expectTypeOf<GraphRowOf<"singer", "fee" | "songs.singer.fee.amount">>().toEqualTypeOf<{
    fee?: { amount: number; currency: string };
    songs: { id: string; singer: { id: string; fee?: { amount: number; currency: string } } }[];
  }>();
});

test("rows of links and of virtual models", () => {
  expectTypeOf<GraphRowOf<"singer_fan", "fan_id" | "since" | "singer.name">>().toEqualTypeOf<{
    fan_id: string;
    since: number | null;
    singer?: { id: string; name: string };
  }>();
  type Lyrics = NonNullable<GraphRowOf<"song", "lyrics.text">["lyrics"]>;
  expectTypeOf<Extract<Lyrics, unknown[]>[number]>().toEqualTypeOf<{ song_id: string; text: string }>();
  expectTypeOf<Exclude<Lyrics, unknown[]>>().toEqualTypeOf<{ song_id: string; text: string }>();
});

test("an entity without types has whatever is asked of it", () => {
  type Row = GraphRowOf<"singer", "agent.phone">;
  expectTypeOf<NonNullable<Row["agent"]>["phone"]>().toBeAny();
});

test("fields known only at run time may all be there, however deep", () => {
  type Row = GraphRowOf<"singer", string>;
  expectTypeOf<Row["name"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<NonNullable<NonNullable<Row["songs"]>[number]["singer"]>["born_at"]>().toEqualTypeOf<Date | null | undefined>();
});

test("editors offer what an entity has and what lies behind its edges; other text is let through", () => {
  expectTypeOf<"name" | "label_code" | "songs.*" | "songs.title" | "fee" | "*">().toExtend<FieldOf<"singer">>();
  expectTypeOf<"anything.else">().toExtend<FieldOf<"singer">>();
  expectTypeOf<FieldOf<"nothing">>().toEqualTypeOf<string>();
});

test("what nobody declared is anything, until an app's types are written", () => {
  expectTypeOf<GraphRowOf<"nothing", "id">>().toBeAny();
  expectTypeOf<GraphRowOf<string, "id">>().toBeAny();
  expectTypeOf<GraphRowOf<"singer", "id" | "reviews.text">["reviews"]>().toBeAny();
  expectTypeOf<GraphRowOf<"singer", string>["reviews"]>().toBeAny();
});
