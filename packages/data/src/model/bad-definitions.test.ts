import { expect, test } from "vitest";
import type { AnyEntity, DmlEntity } from "./entity";
import { model } from "./model";
import type { Property } from "./property";
import { specOf } from "./spec-of";

/** Each of these would be found out by PostgreSQL alone, when the tables are made, or by nobody. */

type Anything = DmlEntity<{ id: Property<string>; [name: string]: Property<unknown> }>;
const thing = (properties: Parameters<typeof model.define>[1] = {}) =>
  model.define("thing", {
    id: model.id().primaryKey(),
    s: model.text(),
    n: model.number(),
    ok: model.boolean(),
    ...properties,
  }) as unknown as Anything;
const Other: AnyEntity = model.define("other", { id: model.id().primaryKey(), things: model.manyToMany(() => Thing) });
const Thing = model.define("thing", { id: model.id().primaryKey(), others: model.manyToMany(() => Other) });

enum Level {
  Low,
  High,
}

const cases: [string, () => AnyEntity, RegExp][] = [
  [
    "a check on a column that is not there",
    () => thing().checks([(c) => `${c.nope} > 0`]),
    /A check of the model "Thing" names the column "nope", which does not exist. Columns: id, s, n/,
  ],
  ["an empty check", () => thing().checks([() => " "]), /A check of the model "Thing" is " "; an SQL condition/],
  ["a check that gives no text", () => thing().checks([(() => 5) as never]), /A check of the model "Thing" is 5/],
  [
    "a condition on a column that is not there",
    () => thing().indexes([{ on: ["s"], where: { nope: 1 } }]),
    /The condition of an index of the model "Thing" names the column "nope"/,
  ],
  [
    "a condition with a list",
    () => thing().indexes([{ on: ["s"], where: { s: ["a"] as never } }]),
    /compares "s" with a list; a text or null was expected/,
  ],
  [
    "a condition with an operator that is not there",
    () => thing().indexes([{ on: ["s"], where: { n: { $gt: 1 } as never } }]),
    /compares "n" with an object; a number or null/,
  ],
  ["a condition without a value", () => thing().indexes([{ on: ["s"], where: { s: undefined as never } }]), /compares "s" with undefined/],
  ["a condition of the wrong type", () => thing().indexes([{ on: ["s"], where: { s: true } }]), /compares "s" with true; a text or null/],
  ["a condition with no number", () => thing().indexes([{ on: ["s"], where: { n: Number.NaN } }]), /compares "n" with NaN/],
  ["an index on nothing", () => thing().indexes([{ on: [] }]), /An index of the model "Thing" has no columns/],
  [
    "a unique index that cannot be",
    () => thing({ j: model.json() }).indexes([{ on: ["j"], type: "GIN", unique: true }]),
    /has the type "GIN", which cannot be unique/,
  ],
  ["a GIN index on a text", () => thing().indexes([{ on: ["s"], type: "gin" }]), /which looks into lists and JSON, and "s" is neither/],
  ["an index type that is no name", () => thing().indexes([{ on: ["s"], type: "btree (s); drop" }]), /which is no name/],
  ["an enum without values", () => thing({ e: model.enum([]) }), /The enum "e" of the model "Thing" has no values/],
  ["an enum of numbers", () => thing({ e: model.enum(Level) }), /has the value 0, which is no text/],
  [
    "a number's default",
    () => thing({ x: model.number().default("abc" as never) }),
    /The default of "x" of the model "Thing" is "abc"; a whole number/,
  ],
  ["a number's default that is too great", () => thing({ x: model.number().default(2 ** 40) }), /is 1099511627776; a whole number/],
  ["a float's default", () => thing({ x: model.float().default(Number.NaN) }), /is NaN; a number was expected/],
  ["a boolean's default", () => thing({ x: model.boolean().default("yes" as never) }), /is "yes"; true or false/],
  ["a text's default", () => thing({ x: model.text().default(5 as never) }), /is 5; a text/],
  ["a date's default", () => thing({ x: model.dateTime().default(new Date("never")) }), /is an invalid date; a date was expected/],
  ["a list's default", () => thing({ x: model.array().default("a" as never) }), /is "a"; a list of texts/],
  ["JSON's default", () => thing({ x: model.json().default("a" as never) }), /is "a"; an object or a list/],
  ["an amount's default", () => thing({ x: model.bigNumber().default("ten") }), /is "ten"; a number, or its digits/],
  ["an enum's default", () => thing({ x: model.enum(["a", "b"]).default("c" as never) }), /is "c"; one of "a", "b"/],
  [
    "a key that may be null",
    () => model.define("thing", { code: model.text().nullable().primaryKey() as never }),
    /"code" of the model "Thing" is its primary key, and nullable/,
  ],
  [
    "a key without a column",
    () => model.define("thing", { code: model.text().computed().primaryKey() }),
    /"code" of the model "Thing" is computed/,
  ],
  [
    "an index without a column",
    () => thing({ x: model.number().computed().index() }),
    /"x" of the model "Thing" is computed, so it has no column, and cannot have an index/,
  ],
  ["a name that would be cut", () => thing({ ["x".repeat(64)]: model.text() }), /longer than 63 bytes/],
  ["a second column whose name would be cut", () => thing({ ["x".repeat(60)]: model.bigNumber() }), /longer than 63 bytes/],
  ["a name that is empty", () => thing({ "": model.text() }), /whose name is empty/],
  [
    "a foreign key of another type",
    () => model.define("thing", { id: model.id(), other_id: model.number(), other: model.belongsTo(() => Other) }),
    /"other_id" of "Thing" is declared as integer, and the relation "other" needs it to be text/,
  ],
  [
    "another side that is not there",
    () => model.define("thing", { id: model.id(), other: model.belongsTo(() => Other, { mappedBy: "nope" }) }),
    /"other" of "Thing" is mapped by "nope" of "Other", which does not exist. Relations of "Other": things/,
  ],
  [
    "a pivot table beside a pivot model",
    () => model.define("thing", { id: model.id(), others: model.manyToMany(() => Other, { pivotTable: "a", pivotEntity: () => Thing }) }),
    /has both a "pivotTable" and a "pivotEntity"/,
  ],
  ["one relation back that is another's", () => Wrongly, /the belongsTo relation "wa" leads back, but is the counterpart of another/],
];

const Wrongly: AnyEntity = model.define("wrongly", {
  id: model.id(),
  first: model.hasMany(() => Back, { mappedBy: "wa" }),
  second: model.hasMany(() => Back),
});
const Back = model.define("back", { id: model.id(), wa: model.belongsTo(() => Wrongly, { mappedBy: "first" }) });

test.each(cases)("%s is named when the spec is built", (_name, define, message) => {
  expect(() => specOf(define())).toThrow(message);
});

test("what is right in the same places is taken", () => {
  const Fine = thing({
    j: model.json().default({ a: 1 }),
    l: model.array().default([]),
    at: model.dateTime().default(new Date(0)),
    amount: model.bigNumber().default("0.10"),
    none: model
      .text()
      .nullable()
      .default(null as never),
    made: model.number().default(() => 5),
    other: model.belongsTo(() => Other, { mappedBy: "things" }),
  })
    .indexes([
      { on: ["s"], where: { ok: { $ne: true }, n: 5, s: null, other: "o1" } },
      { on: ["j"], type: "GIN" },
      { on: ["l"], type: "gin" },
      { on: ["n"], type: "btree", unique: true },
    ])
    .checks([(c) => `${c.n} > 0 and ${c.other_id} <> ''`, { name: "named", expression: "s <> ''" }]);
  expect(specOf(Fine).indexes[0]?.where).toBe("ok IS NOT TRUE AND n = 5 AND s IS NULL AND other_id = 'o1' AND deleted_at IS NULL");
});
