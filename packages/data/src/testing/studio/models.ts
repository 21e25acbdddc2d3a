import { model } from "../../model/model";

/** Models that use every property type and every kind of relation: the fixture of the tests of this package. */

export const Album = model
  .define("album", {
    id: model.id({ prefix: "alb" }).primaryKey(),
    title: model.text().searchable(),
    year: model.number().index("IDX_album_year"),
    price: model.bigNumber().nullable(),
    artist: model.belongsTo(() => Artist, { mappedBy: "albums" }),
    labels: model.manyToMany(() => Label, { mappedBy: "albums", pivotTable: "album_label" }),
  })
  .indexes([{ on: ["artist_id", "title"], unique: true, where: { deleted_at: null } }]);

export const Artist = model
  .define("artist", {
    id: model.id({ prefix: "art" }).primaryKey(),
    name: model.text().searchable(),
    handle: model.text().unique(),
    bio: model.text().nullable(),
    rank: model.number().default(0),
    rating: model.float().nullable(),
    worth: model.bigNumber().default(0),
    is_active: model.boolean().default(true),
    status: model.enum(["draft", "live", "gone"]).default("draft"),
    nicknames: model.array().nullable(),
    data: model.json().nullable(),
    born_at: model.dateTime().nullable(),
    albums: model.hasMany(() => Album, { mappedBy: "artist" }),
    profile: model.hasOne(() => Profile, { mappedBy: "artist" }).nullable(),
  })
  .cascades({ delete: ["albums", "profile"] })
  .indexes([{ on: ["status", "rank"], where: "deleted_at IS NULL" }])
  .checks([{ name: "artist_rank_positive", expression: (columns) => `${columns.rank} >= 0` }]);

/** A natural (text) primary key. */
export const Genre = model.define("genre", {
  code: model.text().primaryKey(),
  name: model.text().searchable(),
});

export const Label = model.define("label", {
  id: model.id({ prefix: "lab" }).primaryKey(),
  name: model.text(),
  albums: model.manyToMany(() => Album, { mappedBy: "labels" }),
});

export const Profile = model.define("profile", {
  id: model.id({ prefix: "prf" }).primaryKey(),
  website: model.text().nullable(),
  artist: model.belongsTo(() => Artist, { mappedBy: "profile" }),
});

/** No id prefix, an autoincrement column and a self reference. */
export const Ticket = model.define(
  { name: "ticket", tableName: "studio_ticket" },
  {
    id: model.id().primaryKey(),
    number: model.autoincrement(),
    subject: model.text(),
    parent: model.belongsTo(() => Ticket, { mappedBy: "children" }).nullable(),
    children: model.hasMany(() => Ticket, { mappedBy: "parent" }),
  },
);
