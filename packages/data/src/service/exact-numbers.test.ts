import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Album, Artist, Label, Profile } from "../testing/studio/models";
import { createRepository } from "./repository";
import { ModuleService } from "./module-service";

/** Exact numbers against whole-number fractions: what goes in comes out, is compared, ordered and added up without loss. */

const Studio = ModuleService({ Artist, Album, Label, Profile });

let studio: StudioDatabase;
let service: InstanceType<typeof Studio>;

beforeAll(async () => {
  studio = await createStudioDatabase();
  service = new Studio({ baseRepository: createRepository(studio.connection) });
});
afterAll(() => studio.drop());

/** `digits / 10^scale`. */
interface Rational {
  readonly digits: bigint;
  readonly scale: number;
}

/** The decimal that a fraction is written as. */
function textOf({ digits, scale }: Rational): string {
  const sign = digits < 0n ? "-" : "";
  const all = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  return scale === 0 ? `${sign}${all}` : `${sign}${all.slice(0, -scale)}.${all.slice(-scale)}`;
}

function parse(text: string): Rational {
  const [whole = "", fraction = ""] = text.split(".");
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

function compare(a: Rational, b: Rational): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = a.digits * 10n ** BigInt(scale - a.scale) - b.digits * 10n ** BigInt(scale - b.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function sum(numbers: readonly Rational[]): Rational {
  const scale = Math.max(...numbers.map((number) => number.scale));
  return { digits: numbers.reduce((total, number) => total + number.digits * 10n ** BigInt(scale - number.scale), 0n), scale };
}

const fraction = fc.record({ digits: fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), scale: fc.nat(30) });
/** 131,072 digits before the point and 16,383 behind it are what the database can hold. */
const limits: Rational[] = [
  { digits: 10n ** 131_072n - 1n, scale: 0 },
  { digits: -(10n ** 131_072n - 1n), scale: 0 },
  { digits: 1n, scale: 16_383 },
  { digits: 10n ** 147_455n - 1n, scale: 16_383 },
  { digits: 9_007_199_254_740_993n, scale: 0 },
  { digits: 0n, scale: 0 },
];

let last = 0;

/** Stores numbers as prices of the albums of one artist; gives the artist's id. */
async function store(numbers: readonly Rational[]): Promise<string> {
  const name = `x${++last}`;
  const albums = numbers.map((number, index) => ({ title: String(index), year: index, price: textOf(number) }));
  const artist = await service.createArtists({ name, handle: name, albums } as { name: string; handle: string });
  return artist.id;
}

async function roundTrip(numbers: readonly Rational[]): Promise<void> {
  const id = await store(numbers);
  const { rows } = await studio.connection.query<{ price: string }>("select price::text from album where artist_id = $1 order by year", [
    id,
  ]);
  const listed = await service.listAlbums({ artist_id: id }, { order: { year: "ASC" } });
  const nested = await service.retrieveArtist(id, { relations: ["albums"], order: { albums: { year: "ASC" } } } as never);
  const inOrder = nested.albums.toSorted((a, b) => a.year - b.year);
  numbers.forEach((number, index) => {
    expect(compare(parse(rows[index]?.price as string), number)).toBe(0);
    for (const row of [listed[index], inOrder[index]]) {
      expect(compare(parse(plain(row?.raw_price?.value as string)), number)).toBe(0);
      expect(row?.price).toBe(Number(textOf(number)));
    }
  });
}

/** The digits beside a number may be written with a power of ten. */
function plain(text: string): string {
  const [, sign = "", whole = "", decimals = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d*))?(?:e\+?(-?\d+))?$/i.exec(text) ?? [];
  const scale = decimals.length - Number(exponent);
  const digits = BigInt(`${sign}${whole}${decimals}`);
  return textOf(scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 });
}

test("what goes in comes out, by itself and nested in JSON", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fraction, { minLength: 1, maxLength: 8 }), roundTrip), { numRuns: 40 });
});

test("also at the limits of the database; beyond them it is refused", async () => {
  await roundTrip(limits);
  for (const digits of [10n ** 131_072n, -(10n ** 131_072n)])
    await expect(store([{ digits, scale: 0 }])).rejects.toThrow("Album.price must be within the limits of numeric");
  await expect(store([{ digits: 1n, scale: 16_384 }])).rejects.toThrow("Album.price must be within the limits of numeric");
});

test("comparisons, order and sums are those of the fractions", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fraction, { minLength: 2, maxLength: 8 }), fraction, async (numbers, pivot) => {
      // Neighbours that a float could not tell apart.
      const all = [...numbers, pivot, { digits: pivot.digits * 10n + 1n, scale: pivot.scale + 1 }];
      const id = await store(all);
      const years = async (price: object) =>
        (await service.listAlbums({ artist_id: id, price } as never, { order: { year: "ASC" } })).map((album) => album.year);
      const expected = (holds: (difference: number) => boolean) =>
        all.flatMap((number, year) => (holds(compare(number, pivot)) ? [year] : []));
      const text = textOf(pivot);
      expect(await years({ $gt: text })).toEqual(expected((difference) => difference > 0));
      expect(await years({ $gte: { value: text } })).toEqual(expected((difference) => difference >= 0));
      expect(await years({ $lt: text })).toEqual(expected((difference) => difference < 0));
      expect(await years({ $eq: text })).toEqual(expected((difference) => difference === 0));
      expect(await years({ $in: [text] })).toEqual(expected((difference) => difference === 0));
      const ordered = await service.listAlbums({ artist_id: id }, { order: { price: "ASC", year: "ASC" } });
      expect(ordered.map((album) => album.year)).toEqual(
        all
          .map((number, year) => ({ number, year }))
          .toSorted((a, b) => compare(a.number, b.number) || a.year - b.year)
          .map(({ year }) => year),
      );
      const { rows } = await studio.connection.query<{ total: string }>(
        "select sum(price)::text as total from album where artist_id = $1",
        [id],
      );
      expect(compare(parse(rows[0]?.total as string), sum(all))).toBe(0);
    }),
    { numRuns: 25 },
  );
});
