import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestModule } from "../../testing/test-module";
import type { TestModule } from "../../testing/test-module";
import { countries } from "./countries";
import { RegionModuleService } from "./service";

let module: TestModule<RegionModuleService>;
let regions: RegionModuleService;

beforeAll(async () => {
  module = await createTestModule("region", RegionModuleService);
  regions = module.service;
  const rows = countries.map(([iso_2, iso_3, num_code, name]) => ({
    iso_2,
    iso_3,
    num_code,
    name: name.toUpperCase(),
    display_name: name,
  }));
  await regions.createCountries(rows);
});
afterAll(() => module.close());

const codes = (region: { countries: { iso_2: string }[] }) => region.countries.map(({ iso_2 }) => iso_2).sort();

test("a country belongs to one region at a time", async () => {
  const europe = await regions.createRegions({ name: "Europe", currency_code: "EUR", countries: ["de", "fr"] });
  expect(europe).toMatchObject({ currency_code: "eur", automatic_taxes: true });
  expect(codes(europe)).toEqual(["de", "fr"]);
  await expect(regions.createRegions({ name: "X", currency_code: "eur", countries: ["de"] })).rejects.toMatchObject({
    type: "invalid_data",
    message: 'Countries with codes: "de" are already assigned to a region',
  });
  expect(await regions.listRegions({ name: "X" })).toEqual([]);
});

test.each([
  [["zz"], 'Countries with codes: "zz" do not exist'],
  [["it", "it"], 'Countries with codes: "it" are already assigned to a region'],
])("%j is refused", async (list, message) => {
  await expect(regions.createRegions({ name: "Y", currency_code: "eur", countries: list })).rejects.toMatchObject({ message });
});

test("a list of countries replaces the former one, and deleting a region frees them", async () => {
  const region = await regions.createRegions({ name: "North", currency_code: "sek", countries: ["se", "no"], metadata: { a: 1 } });
  const updated = await regions.updateRegions(region.id, { countries: ["se", "fi"], metadata: { b: 2 } });
  expect(codes(updated as never)).toEqual(["fi", "se"]);
  expect(updated).toMatchObject({ metadata: { a: 1, b: 2 } });
  await regions.softDeleteRegions([region.id]);
  const again = await regions.createRegions({ name: "North 2", currency_code: "sek", countries: ["se"] });
  expect(codes(again)).toEqual(["se"]);
});

test("there are 250 countries, each once", () => {
  expect(countries).toHaveLength(250);
  expect(new Set(countries.map(([iso2]) => iso2)).size).toBe(250);
  for (const [iso2, iso3, numeric, name] of countries) {
    expect([iso2, iso3, numeric].join()).toMatch(/^[a-z]{2},[a-z]{3},\d{3}$/);
    expect(name).not.toBe("");
  }
});
