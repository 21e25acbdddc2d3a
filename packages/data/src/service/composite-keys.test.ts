import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createConnection } from "../connection/connection";
import { createTablesSql } from "../ddl/create-tables";
import type { AnyEntity } from "../model/entity";
import { model } from "../model/model";
import { specOf } from "../model/spec-of";
import { connectionTo, createTestDatabase } from "../testing/database";
import type { TestDatabase } from "../testing/database";
import { ModelService } from "./model-service";
import { createRepository } from "./repository";
import { ModuleService } from "./module-service";

/** A seat is known by its row and number, a membership by the two whom it joins. */
const Seat = model.define("seat", {
  row: model.text().primaryKey(),
  number: model.number().primaryKey(),
  note: model.text().nullable(),
  hall: model.belongsTo(() => Hall, { mappedBy: "seats" }).nullable(),
});
const Hall = model
  .define("hall", { id: model.id().primaryKey(), seats: model.hasMany(() => Seat, { mappedBy: "hall" }) })
  .cascades({ delete: ["seats"] });
const Member = model.define("member", {
  id: model.id().primaryKey(),
  clubs: model.manyToMany(() => Club, { mappedBy: "members", pivotEntity: () => Membership }),
});
const Club = model.define("club", { id: model.id().primaryKey(), members: model.manyToMany(() => Member, { mappedBy: "clubs" }) });
const Membership = model.define("membership", {
  member_id: model.text().primaryKey(),
  club_id: model.text().primaryKey(),
  since: model.number().default(2020),
  member: model.belongsTo(() => Member),
  club: model.belongsTo(() => Club),
});

const Theatre = ModuleService({ Seat, Hall, Member, Club, Membership });

let database: TestDatabase;
let connection: SqlConnection;
let service: InstanceType<typeof Theatre>;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ ...connectionTo(database.url), poolSize: 2 });
  for (const statement of createTablesSql([Seat, Hall, Member, Club, Membership].map(specOf))) await connection.query(statement);
  service = new Theatre({ baseRepository: createRepository(connection) });
});

afterAll(async () => {
  await connection.close();
  await database.drop();
});

beforeEach(async () => {
  await connection.query("truncate seat, hall, member, club, membership cascade");
});

const seats = async () => (await service.listSeats()).map((seat) => `${seat.row}${seat.number}${seat.note ? `:${seat.note}` : ""}`);

test("rows of a composite key are created in order, found, changed and deleted by it", async () => {
  const created = await service.createSeats([
    { row: "b", number: 2, note: "x" },
    { row: "a", number: 10 },
    { row: "a", number: 2, note: "y" },
  ]);
  expect(created.map((seat) => [seat.row, seat.number])).toEqual([
    ["b", 2],
    ["a", 10],
    ["a", 2],
  ]);
  expect(await seats()).toEqual(["a2:y", "a10", "b2:x"]);
  expect(await service.retrieveSeat({ row: "a", number: 2 })).toMatchObject({ note: "y" });
  expect(await service.updateSeats({ row: "a", number: 2, note: "z" })).toMatchObject({ row: "a", number: 2, note: "z" });
  const updated = await service.updateSeats([
    { row: "b", number: 2, note: "p" },
    { row: "a", number: "10" as never, note: "q" },
  ]);
  expect(updated).toMatchObject([{ note: "p" }, { note: "q" }]);
  expect(await seats()).toEqual(["a2:z", "a10:q", "b2:p"]);
  expect(await service.updateSeats({ selector: { row: "a" }, data: { note: "r" } })).toHaveLength(2);
  await service.deleteSeats([
    { row: "a", number: 2 },
    { row: "nowhere", number: 1 },
  ]);
  await service.deleteSeats({ number: { $gt: 9 } });
  expect(await seats()).toEqual(["b2:p"]);
});

test("filters and pages use any of the columns", async () => {
  await service.createSeats(["a", "b"].flatMap((name) => [1, 2, 3].map((number) => ({ row: name, number }))));
  expect(
    await service.listSeats({
      $or: [
        { row: "a", number: 1 },
        { row: "b", number: 3 },
      ],
    }),
  ).toHaveLength(2);
  const [page, count] = await service.listAndCountSeats({ number: [1, 3] }, { take: 2, skip: 1, order: { number: "DESC" } });
  expect([page.map((seat) => seat.row + seat.number), count]).toEqual([["b3", "a1"], 4]);
});

test("soft delete and restore go by the whole key, and follow the row that it belongs to", async () => {
  await service.createHalls({
    id: "h",
    seats: [
      { row: "a", number: 1 },
      { row: "a", number: 2 },
    ],
  });
  expect(await service.softDeleteSeats({ row: "a", number: 1 })).toEqual({ seat_row: ["a"], seat_number: [1] });
  expect(await seats()).toEqual(["a2"]);
  expect(await service.softDeleteHalls("h")).toEqual({ hall_id: ["h"], seat_row: ["a"], seat_number: [2] });
  await service.restoreHalls("h");
  expect(await seats()).toEqual(["a2"]);
  await service.restoreSeats([{ row: "a", number: 1 }]);
  expect(await seats()).toEqual(["a1", "a2"]);
});

test("a key that is not whole is refused", async () => {
  await service.createSeats({ row: "a", number: 1 });
  for (const act of [service.deleteSeats("a" as never), service.retrieveSeat("a" as never), service.softDeleteSeats(["a"] as never)])
    await expect(act).rejects.toMatchObject({
      reason: "data.composite_key",
      message: "Seat has a primary key of 2 columns, but 'a' came.",
    });
  await expect(service.updateSeats({ row: "a", note: "x" } as never)).rejects.toMatchObject({
    reason: "data.key_missing",
    message: "seat - number must be defined",
  });
  await expect(service.updateSeats({ row: "a", number: 9 })).rejects.toThrow('Seat with row, number "a, 9" not found');
  await expect(service.createSeats({ row: "a", number: 1 })).rejects.toThrow("Seat with row: a, number: 1, already exists.");
  expect(await seats()).toEqual(["a1"]);
});

test("upsert tells present rows from new ones by the whole key", async () => {
  const seatService = new ModelService(specOf(Seat), createRepository(connection));
  await seatService.create({ row: "a", number: 1 });
  await seatService.upsert([
    { row: "a", number: 1, note: "old" },
    { row: "a", number: 2, note: "new" },
  ]);
  expect(await seats()).toEqual(["a1:old", "a2:new"]);
});

test("a pivot model may have the pair as its key; a pair that was deleted comes back", async () => {
  await service.createClubs([{ id: "c1" }, { id: "c2" }]);
  await service.createMembers({ id: "m", clubs: ["c1", "c2"] });
  await service.updateMemberships({ member_id: "m", club_id: "c1", since: 1999 });
  await service.softDeleteMemberships({ member_id: "m", club_id: "c1" });
  const clubs = async () => (await service.retrieveMember("m", { relations: ["clubs"] })).clubs.map((club) => club.id);
  expect(await clubs()).toEqual(["c2"]);
  await service.updateMembers({ id: "m", clubs: ["c1"] });
  expect(await clubs()).toEqual(["c1"]);
  expect(await service.listMemberships()).toMatchObject([{ member_id: "m", club_id: "c1", since: 1999 }]);
});

test("a relation cannot refer to a composite key, and says so when the model is defined", () => {
  const Pair: AnyEntity = model.define("pair", { a: model.text().primaryKey(), b: model.text().primaryKey() });
  const message = /by a primary key of 2 columns \(a, b\); a relation refers by one/;
  expect(() => specOf(model.define("one", { id: model.id(), pair: model.belongsTo(() => Pair) }))).toThrow(message);
  expect(() => specOf(model.define("two", { id: model.id(), pair: model.hasOne(() => Pair, { foreignKey: true }) }))).toThrow(message);
  expect(() => specOf(model.define("three", { id: model.id(), pairs: model.manyToMany(() => Pair) }))).toThrow(message);
  const Parent: AnyEntity = model.define("parent", {
    a: model.text().primaryKey(),
    b: model.text().primaryKey(),
    children: model.hasMany(() => Child),
  });
  const Child = model.define("child", { id: model.id(), parent: model.belongsTo(() => Parent) });
  expect(() => specOf(Parent)).toThrow(message);
});
