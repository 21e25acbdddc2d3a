import { expect, test } from "vitest";
import { Album, Artist, Genre, Label, Profile, Ticket } from "../testing/studio/models";
import type { AnyEntity } from "./entity";
import { model } from "./model";
import { specOf } from "./spec-of";

test("a spec knows the names by which a model is called", () => {
  expect(specOf(model.define("my_thing", { id: model.id() }))).toMatchObject({
    name: "MyThing",
    snakeName: "my_thing",
    camelName: "myThing",
    table: "my_thing",
    linkableKey: "my_thing_id",
    primaryKey: ["id"],
  });
  expect(specOf(model.define("notificationProvider", { id: model.id() }))).toMatchObject({
    name: "NotificationProvider",
    table: "notification_provider",
  });
  expect(specOf(Genre)).toMatchObject({ linkableKey: "genre_code", primaryKey: ["code"] });
  expect(specOf(Ticket)).toMatchObject({ name: "Ticket", table: "studio_ticket" });
});

test("a spec is made once and can no longer be changed", () => {
  const Late = model.define("late", { id: model.id() });
  expect(specOf(Late)).toBe(specOf(Late));
  expect(Object.isFrozen(specOf(Late))).toBe(true);
  expect(() => Late.indexes([{ on: ["id"] }])).toThrow(/after the model was first used/);
});

test("columns come in the order of their declaration, implicit ones last", () => {
  expect(specOf(Album).properties.map((property) => property.name)).toEqual([
    "id",
    "title",
    "year",
    "price",
    "artist_id",
    "created_at",
    "updated_at",
    "deleted_at",
  ]);
  expect(specOf(Album).propertyByName.get("artist_id")).toMatchObject({ kind: "text", foreignKeyOf: "artist", nullable: false });
  expect(specOf(Album).propertyByName.get("price")).toMatchObject({ rawColumn: "raw_price", sqlType: "numeric" });
});

test("relations know the other side, and where the key is", () => {
  const relation = (entity: typeof Artist | typeof Album | typeof Ticket | typeof Profile, name: string) =>
    specOf(entity).relationByName.get(name);
  expect(relation(Artist, "albums")).toMatchObject({ kind: "hasMany", owner: false, foreignKey: "artist_id", mappedBy: "artist" });
  expect(relation(Artist, "albums")?.target()).toBe(specOf(Album));
  expect(relation(Artist, "profile")).toMatchObject({ kind: "hasOne", nullable: true, foreignKey: "artist_id" });
  expect(relation(Profile, "artist")).toMatchObject({ kind: "belongsTo", owner: true, foreignKey: "artist_id" });
  expect(relation(Ticket, "parent")).toMatchObject({ owner: true, foreignKey: "parent_id", mappedBy: "children" });
  expect(relation(Ticket, "children")).toMatchObject({ owner: false, foreignKey: "parent_id", mappedBy: "parent" });
});

test("both sides of a manyToMany relation agree on the pivot table", () => {
  expect(specOf(Album).relationByName.get("labels")?.pivot?.()).toEqual({
    table: "album_label",
    ownColumn: "album_id",
    targetColumn: "label_id",
    leads: true,
  });
  expect(specOf(Label).relationByName.get("albums")?.pivot?.()).toEqual({
    table: "album_label",
    ownColumn: "label_id",
    targetColumn: "album_id",
    leads: false,
  });
});

test("a pivot table is named after the alphabetically first model and the plural of the other", () => {
  const BlogPost = model.define("BlogPost", { id: model.id(), categories: model.manyToMany(() => Category) });
  const Category = model.define("Category", { code: model.text().primaryKey(), blog_posts: model.manyToMany(() => BlogPost) });
  const expected = { table: "blog_post_categories", ownColumn: "blog_post_id", targetColumn: "category_code" };
  expect(specOf(BlogPost).relationByName.get("categories")?.pivot?.()).toMatchObject(expected);
  expect(specOf(Category).relationByName.get("blog_posts")?.pivot?.()).toMatchObject({
    table: "blog_post_categories",
    ownColumn: "category_code",
    leads: false,
  });
});

test("a pivot entity gives its table and its foreign keys", () => {
  const Customer = model.define("customer", {
    id: model.id(),
    groups: model.manyToMany(() => Group, { mappedBy: "customers", pivotEntity: () => Membership }),
  });
  const Group = model.define("customer_group", { id: model.id(), customers: model.manyToMany(() => Customer, { mappedBy: "groups" }) });
  const Membership = model.define("membership", {
    id: model.id(),
    customer: model.belongsTo(() => Customer),
    group: model.belongsTo(() => Group),
  });
  const pivot = specOf(Group).relationByName.get("customers")?.pivot?.();
  expect(pivot).toMatchObject({ table: "membership", ownColumn: "group_id", targetColumn: "customer_id" });
  expect(pivot?.entity?.()).toBe(specOf(Membership));
});

test("given join columns win", () => {
  const Variant = model.define("variant", {
    id: model.id(),
    options: model.manyToMany(() => Option, { mappedBy: "variants", pivotTable: "vo", joinColumn: "v", inverseJoinColumn: ["o"] }),
  });
  const Option = model.define("option", { id: model.id(), variants: model.manyToMany(() => Variant, { mappedBy: "options" }) });
  expect(specOf(Option).relationByName.get("variants")?.pivot?.()).toMatchObject({ table: "vo", ownColumn: "o", targetColumn: "v" });
});

test("hasOne can hold the key itself, under any name", () => {
  const Address = model.define("address", { id: model.id() });
  const Cart = model.define("cart", {
    id: model.id(),
    shipping: model.hasOne(() => Address, { foreignKey: true }).nullable(),
    billing: model.hasOne(() => Address, { foreignKey: true, foreignKeyName: "bill_to" }),
  });
  expect(specOf(Cart).relationByName.get("shipping")).toMatchObject({ owner: true, foreignKey: "shipping_id" });
  expect(specOf(Cart).propertyByName.get("bill_to")).toMatchObject({ nullable: false, foreignKeyOf: "billing" });
});

test("indexes: of foreign keys, unique where the other side has one, declared ones with their condition", () => {
  const names = (entity: typeof Artist | typeof Album | typeof Profile) =>
    specOf(entity).indexes.map((index) => [index.name, index.unique, index.where]);
  expect(names(Profile)).toEqual([
    ["IDX_profile_artist_id_unique", true, "deleted_at IS NULL"],
    ["IDX_profile_deleted_at", false, "deleted_at IS NULL"],
  ]);
  expect(names(Album)).toContainEqual(["IDX_album_artist_id_title_unique", true, "deleted_at IS NULL"]);
  const Rule = model.define("rule", { id: model.id(), ok: model.boolean(), a: model.text(), order: model.number() }).indexes([
    { on: ["a"], where: { ok: true } },
    { on: ["order"], where: { order: { $ne: 3 }, a: "it's" } },
    { on: ["ok"], where: "a = 'x' or a = 'y'" },
    { on: ["deleted_at"], where: "deleted_at IS NOT NULL" },
  ]);
  expect(specOf(Rule).indexes.map((index) => index.where)).toEqual([
    "ok IS TRUE AND deleted_at IS NULL",
    `"order" <> 3 AND a = 'it''s' AND deleted_at IS NULL`,
    "(a = 'x' or a = 'y') AND deleted_at IS NULL",
    "deleted_at IS NOT NULL",
  ]);
});

test("contradictions are named", () => {
  const define = model.define;
  const bad = (entity: AnyEntity, message: string) => expect(() => specOf(entity)).toThrow(message);
  bad(define("a", { title: model.text() }), 'The model "A" has no primary key.');
  bad(define("b", { id: model.id(), created_at: model.dateTime() }), 'declares "created_at"');
  bad(
    define("c", { id: model.id(), artist: model.belongsTo(() => undefined) }),
    'relation "artist" of the model "C" is expected to be a model',
  );
  const Parent = define("parent", { id: model.id(), children: model.hasMany(() => Lonely) });
  const Lonely = define("lonely", { id: model.id() });
  bad(Parent, '"children" of "Parent" has no counterpart in "Lonely"');
  bad(define("d", { id: model.id(), x: model.text() }).indexes([{ on: ["y" as "x"] }]), 'names the column "y"');
  bad(define("e", { id: model.id(), x: model.bigNumber(), raw_x: model.json() }), 'two columns named "raw_x"');
  bad(define("f", { id: model.id(), x: model.text() }).indexes([{ on: ["x"] }, { on: ["x"], where: "x = '1'" }]), "two different indexes");
  bad(define("g", { id: model.id(), x: "text" as never }), '"x" of the model "G"');
  expect(() => specOf({} as typeof Artist)).toThrow("is expected to be a model");
});

test("a foreign key may be declared as a property as well", () => {
  const Both = model.define("both", {
    id: model.id(),
    artist_id: model.text().nullable(),
    artist: model.belongsTo(() => Artist).nullable(),
  });
  expect(specOf(Both).propertyByName.get("artist_id")).toMatchObject({ foreignKeyOf: "artist", nullable: true });
});
