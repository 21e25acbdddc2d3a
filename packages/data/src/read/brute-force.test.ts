import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTablesSql } from "../ddl/create-tables";
import { model } from "../model/model";
import { specOf } from "../model/spec-of";
import type { FieldTree, Filters, OrderBy, OrderDirection } from "../plan/read-plan";
import type { ModelSpec, PropertySpec } from "../spec/model-spec";
import { evaluateRead } from "../testing/evaluate";
import type { Tables } from "../testing/evaluate";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Album, Artist, Label, Profile, Ticket } from "../testing/studio/models";
import { quote } from "../sql/quote";
import { read } from "./read";

// Random rows, random queries; each answer is compared with an evaluation in memory.

let studio: StudioDatabase;
beforeAll(async () => {
  studio = await createStudioDatabase();
  await studio.connection.query(createTablesSql([Band, Player, Member].map(specOf)).join(";\n"));
});
afterAll(() => studio.drop());

// A many-to-many relation whose pairs are rows of a model, and so may be soft-deleted.
const Band = model.define("band", {
  id: model.id().primaryKey(),
  name: model.text(),
  members: model.manyToMany(() => Player, { mappedBy: "bands", pivotEntity: () => Member }),
});
const Player = model.define("player", {
  id: model.id().primaryKey(),
  age: model.number().nullable(),
  bands: model.manyToMany(() => Band, { mappedBy: "members" }),
});
const Member = model.define("member", {
  id: model.id().primaryKey(),
  band: model.belongsTo(() => Band),
  player: model.belongsTo(() => Player),
});

const specs = [Artist, Profile, Album, Label, Ticket, Band, Player].map(specOf);

// Few different values, so that comparisons often meet equals. Texts are of characters that every collation sorts alike.
const texts = ["a", "b", "ab", "ba", "abc"];
const decimals = ["0", "1.5", "12345678901234567890.12", "-3", "0.10"];
const moments = ["1999-01-02T00:00:00.123Z", "2020-02-29T12:00:00.000Z", "0044-03-15T00:00:00.000Z"];
const lists = [[], ["a"], ["a", "b"], ["b"]];

function valueOf(property: PropertySpec): fc.Arbitrary<unknown> {
  switch (property.kind) {
    case "number":
      return fc.integer({ min: 0, max: 3 });
    case "float":
      return fc.constantFrom(0, 0.5, 1.25);
    case "bigNumber":
      return fc.constantFrom(...decimals);
    case "boolean":
      return fc.boolean();
    case "dateTime":
      return fc.constantFrom(...moments);
    case "array":
      return fc.constantFrom(...lists);
    case "enum":
      return fc.constantFrom(...(property.values as readonly string[]));
    default:
      return fc.constantFrom(...texts);
  }
}

const queryable = (spec: ModelSpec) =>
  spec.properties.filter((property) => !["json", "autoincrement"].includes(property.kind) && !property.implicit);
const key = (spec: ModelSpec, index: number) => `${spec.snakeName.slice(0, 2)}${index}`;
const sizes: Record<string, number> = { Artist: 6, Profile: 4, Album: 9, Label: 4, Ticket: 6, Band: 4, Player: 5 };

const tables: fc.Arbitrary<Tables> = fc
  .tuple(
    ...specs.map((spec) => fc.array(rowOf(spec), { minLength: 1, maxLength: sizes[spec.name] as number })),
    fc.array(fc.tuple(fc.nat(8), fc.nat(3)), { maxLength: 12 }),
  )
  .map((parts) => {
    const pairs = parts.at(-1) as unknown as [number, number][];
    const made: Tables = {};
    specs.forEach((spec, index) => {
      made[spec.table] = (parts[index] as Record<string, unknown>[]).map((row, number) => ({ ...row, id: key(spec, number) }));
    });
    // What unique indexes and foreign keys demand.
    const artists = made.artist ?? [];
    artists.forEach((row, index) => (row.handle = `h${index}`));
    made.profile = (made.profile ?? []).slice(0, artists.length).map((row, index) => ({ ...row, artist_id: key(specOf(Artist), index) }));
    made.album = (made.album ?? []).map((row, index) => ({
      ...row,
      title: `${row.title}${index % 2 ? "" : "b"}${"x".repeat(index)}`,
      artist_id: key(specOf(Artist), index % artists.length),
    }));
    const tickets = made.studio_ticket ?? [];
    tickets.forEach((row, index) =>
      Object.assign(row, { parent_id: index === 0 || row.subject === "a" ? null : key(specOf(Ticket), index - 1), number: index + 1 }),
    );
    const albums = made.album.length;
    const labels = made.label?.length ?? 1;
    const distinct = new Map(
      pairs.map(([album, label]) => [`${album % albums}/${label % labels}`, [album % albums, label % labels] as const]),
    );
    made.album_label = [...distinct.values()].map(([album, label]) => ({
      album_id: key(specOf(Album), album),
      label_id: key(specOf(Label), label),
    }));
    const [bands, players] = [made.band?.length ?? 1, made.player?.length ?? 1];
    const members = new Map(pairs.map(([a, b]) => [`${a % bands}/${(a + b) % players}`, [a % bands, (a + b) % players] as const]));
    made.member = [...members.values()].map(([band, player], index) => ({
      id: `m${index}`,
      band_id: key(specOf(Band), band),
      player_id: key(specOf(Player), player),
      deleted_at: index % 4 === 0 ? (moments[0] as string) : null,
    }));
    return made;
  });

function rowOf(spec: ModelSpec): fc.Arbitrary<Record<string, unknown>> {
  const columns = Object.fromEntries(
    queryable(spec)
      .filter((property) => property.foreignKeyOf === undefined && !property.primaryKey)
      .map((property) => [property.name, property.nullable ? fc.option(valueOf(property)) : valueOf(property)]),
  );
  return fc.record({ ...columns, deleted_at: fc.constantFrom(null, null, null, moments[0]) });
}

async function fill(data: Tables): Promise<void> {
  const { connection } = studio;
  await connection.query(`truncate ${Object.keys(data).map(quote).join(", ")} cascade`);
  for (const [table, rows] of Object.entries(data)) {
    const spec = specs.find((one) => one.table === table);
    const raw = spec?.properties.filter((property) => property.rawColumn) ?? [];
    const records = rows.map((row) => ({
      ...row,
      ...Object.fromEntries(raw.map(({ name, rawColumn }) => [rawColumn, row[name] === null ? null : { value: row[name], precision: 20 }])),
    }));
    const columns = Object.keys(records[0] ?? {})
      .map(quote)
      .join(", ");
    if (columns)
      await connection.query(
        `insert into ${quote(table)} (${columns}) select ${columns} from json_populate_recordset(null::${quote(table)}, $1)`,
        [JSON.stringify(records)],
      );
  }
}

function propertyFilter(property: PropertySpec): fc.Arbitrary<unknown> {
  const value = valueOf(property);
  const list = fc.array(property.nullable ? fc.option(value) : value, { maxLength: 3 });
  const equality = [
    value,
    fc.constant(null),
    fc.record({ $eq: value }),
    fc.record({ $ne: value }),
    fc.constant({ $ne: null }),
    fc.boolean().map(($exists) => ({ $exists })),
    value.map((item) => ({ $not: { $eq: item } })),
    fc.array(value, { minLength: 1, maxLength: 3 }).map((items) => ({ $or: items.map(($eq) => ({ $eq })) })),
    value.map((item) => ({ $and: [{ $ne: item }, { $exists: true }] })),
  ];
  if (property.kind === "array") {
    return fc.oneof(...equality, ...["$contains", "$contained", "$overlap"].map((operator) => value.map((item) => ({ [operator]: item }))));
  }
  const members = [list, list.map(($in) => ({ $in })), list.map(($nin) => ({ $nin }))];
  if (property.kind === "boolean") return fc.oneof(...equality, ...members);
  const range = fc.record({ $gte: value, $lt: value }, { requiredKeys: [] }).filter((item) => Object.keys(item).length > 0);
  const numeric = property.kind === "number" ? [fc.constantFrom({ $gt: 0.5 }, { $lte: 2.5 }, { $lt: 3_000_000_000 }, [1.5, 2])] : [];
  const patterns = ["id", "text", "enum"].includes(property.kind)
    ? [fc.constantFrom({ $like: "a%" }, { $ilike: "_B%" }, { $like: "%b_" }, { $not: { $like: "%a%" } })]
    : [];
  return fc.oneof(...equality, ...members, range, fc.record({ $gt: value }), fc.record({ $lte: value }), ...numeric, ...patterns);
}

/** Comparisons of the keys of related rows. */
function keyOperators(spec: ModelSpec): fc.Arbitrary<unknown> {
  const one = fc.nat(3).map((index) => key(spec, index));
  const list = fc.array(one, { maxLength: 3 });
  return fc.oneof(
    one.map(($ne) => ({ $ne })),
    list.map(($in) => ({ $in })),
    list.map(($nin) => ({ $nin })),
  );
}

function filtersOf(spec: ModelSpec, depth: number): fc.Arbitrary<Filters> {
  const single = fc
    .constantFrom(...queryable(spec))
    .chain((property) => propertyFilter(property).map((value): Filters => ({ [property.name]: value })));
  if (depth === 0) return single;
  const group = fc.array(filtersOf(spec, depth - 1), { maxLength: 3 });
  const related = fc
    .constantFrom(...spec.relations)
    .chain((relation) =>
      fc
        .oneof(
          { weight: 4, arbitrary: filtersOf(relation.target(), depth - 1) },
          { weight: 1, arbitrary: fc.constant(null) },
          { weight: 1, arbitrary: fc.nat(3).map((index) => [key(relation.target(), index)]) },
          { weight: 1, arbitrary: fc.boolean().map(($exists) => ({ $exists })) },
          { weight: 1, arbitrary: keyOperators(relation.target()) },
        )
        .map((value): Filters => ({ [relation.name]: value })),
    );
  return fc.oneof(
    { weight: 3, arbitrary: fc.array(single, { maxLength: 3 }).map((list): Filters => Object.assign({}, ...list) as Filters) },
    { weight: 3, arbitrary: related },
    { weight: 1, arbitrary: group.map(($and) => ({ $and })) },
    { weight: 1, arbitrary: group.map(($or) => ({ $or })) },
    { weight: 1, arbitrary: filtersOf(spec, depth - 1).map(($not) => ({ $not })) },
  );
}

const direction = fc.constantFrom<OrderDirection>(
  ...(["ASC", "DESC", "asc", "desc", 1, -1] as const),
  ...(["ASC NULLS FIRST", "asc nulls last", "DESC nulls first", "desc NULLS LAST"] as const),
);
function orderOf(spec: ModelSpec, depth: number): fc.Arbitrary<OrderBy> {
  const sortable = queryable(spec).filter((property) => property.kind !== "array");
  const own = fc.tuple(fc.constantFrom(...sortable), direction).map(([property, way]): OrderBy => ({ [property.name]: way }));
  if (depth === 0) return own;
  const related = fc
    .constantFrom(...spec.relations)
    .chain((relation) => orderOf(relation.target(), depth - 1).map((inner): OrderBy => ({ [relation.name]: inner })));
  return fc.array(fc.oneof(own, related), { maxLength: 2 }).map((list) => Object.assign({}, ...list) as OrderBy);
}

function fieldsOf(spec: ModelSpec, depth: number): fc.Arbitrary<FieldTree> {
  const scalars = fc.subarray(queryable(spec).map((property) => property.name));
  const relations = depth === 0 ? fc.constant([]) : fc.subarray([...spec.relations]);
  return fc.tuple(scalars, relations).chain(([names, chosen]) =>
    fc.tuple(...chosen.map((relation) => fieldsOf(relation.target(), depth - 1))).map((inner) => ({
      scalars: new Set(["id", ...names]),
      relations: new Map(chosen.map((relation, index) => [relation.name, inner[index] as FieldTree])),
    })),
  );
}

const query = fc.constantFrom(...specs).chain((spec) =>
  fc.record({
    model: fc.constant(spec.name),
    filters: filtersOf(spec, 3),
    order: orderOf(spec, 2),
    fields: fieldsOf(spec, 2),
    take: fc.option(fc.nat(4), { nil: undefined }),
    skip: fc.option(fc.nat(3), { nil: undefined }),
    withDeleted: fc.boolean(),
  }),
);

const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

const shown = (_: string, value: unknown) => (value instanceof Set || value instanceof Map ? [...value] : value);

// A thousand reads in all.
test.each([1, 2, 3, 4])("answers equal those of an evaluation in memory, on random rows and queries: part %i", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(tables, fc.array(query, { minLength: 50, maxLength: 50 }), async (data, queries) => {
      await fill(data);
      const compareOne = async ({ model, ...request }: (typeof queries)[number]) => {
        const spec = specs.find((one) => one.name === model) as ModelSpec;
        const given = await read(studio.connection, { spec, ...request, count: true });
        const expected = evaluateRead(data, spec, request);
        expect({ rows: plain(given.rows), count: given.count }, `${model} ${JSON.stringify(request, shown)}`).toEqual(plain(expected));
        compared++;
      };
      await Promise.all(queries.map(compareOne));
    }),
    { numRuns: 5, endOnFailure: true },
  );
  expect(compared).toBe(250);
});
