import { InjectTransactionManager, modelServices, SharedContextParam, specOf } from "@velella/data";
import type { BaseRepository, LinkableKeys, ModelService } from "@velella/data";
import type { SharedContext } from "@velella/kernel";
import { CommerceService } from "../commerce-service";
import { mergeMetadata } from "../metadata";
import { changesFrom, splitContext } from "../update-arguments";
import type { UpdateArguments } from "../update-arguments";
import { regionErrors } from "./errors";
import { Country, Region } from "./models";
import type { RegionRecord } from "./types";

/** A region to be made, or what of one is changed. `currency_code` is kept in lower case. */
export interface RegionInput {
  id?: string;
  name: string;
  currency_code: string;
  /** Kept for clients, nothing here computes taxes. Default: true. */
  automatic_taxes?: boolean;
  /** Two-letter codes; the list replaces what there was. */
  countries?: (string | { iso_2: string })[];
  metadata?: Record<string, unknown> | null;
}

/** Regions, and the countries of the world, each of which belongs to one at most. */
export class RegionModuleService extends CommerceService<"createRegions" | "updateRegions" | "softDeleteRegions" | "deleteRegions">()({
  Region,
  Country,
}) {
  private readonly regions: ModelService;
  private readonly countries: ModelService;

  constructor(cradle: { baseRepository: BaseRepository }, options: object = {}) {
    super(cradle, options);
    const services = modelServices([specOf(Region), specOf(Country)], cradle.baseRepository);
    this.regions = services.regionService!;
    this.countries = services.countryService!;
  }

  /**
   * Creates regions with their countries.
   *
   * @throws invalid_data for countries that do not exist, or belong to a region already.
   */
  createRegions(data: RegionInput[], sharedContext?: SharedContext): Promise<RegionRecord[]>;
  createRegions(data: RegionInput, sharedContext?: SharedContext): Promise<RegionRecord>;
  @InjectTransactionManager()
  async createRegions(
    data: RegionInput | RegionInput[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<RegionRecord | RegionRecord[]> {
    const inputs = [data].flat();
    const rows = inputs.map(({ countries: _countries, currency_code, ...region }) => ({
      ...region,
      currency_code: currency_code.toLowerCase(),
    }));
    const created = (await this.regions.create(rows, sharedContext)) as { id: string }[];
    await this.assign(
      inputs.flatMap(({ countries }, index) => (countries ? [{ id: created[index]!.id, countries }] : [])),
      sharedContext,
    );
    const regions = await this.read(
      created.map(({ id }) => id),
      sharedContext,
    );
    return (Array.isArray(data) ? regions : regions[0]) as never;
  }

  /** Changes regions; a list of countries replaces the former one. */
  async updateRegions<T extends string | object>(
    ...all: UpdateArguments<T, Partial<RegionInput>>
  ): Promise<T extends unknown[] ? RegionRecord[] : RegionRecord> {
    const { args, sharedContext } = splitContext(all);
    return this.updateInTransaction(args, sharedContext) as never;
  }

  @InjectTransactionManager()
  protected async updateInTransaction(args: readonly unknown[], @SharedContextParam() sharedContext: SharedContext = {}): Promise<unknown> {
    const { changes, single } = await changesFrom(this, "Regions", args, sharedContext);
    const given = changes as (Partial<RegionInput> & { id: string })[];
    const before = await this.read(
      given.map(({ id }) => id),
      sharedContext,
    );
    const rows = given.map(({ countries: _countries, ...change }, index) => ({
      ...change,
      ...(change.currency_code && { currency_code: change.currency_code.toLowerCase() }),
      ...(change.metadata && { metadata: mergeMetadata(before[index]?.metadata, change.metadata) }),
    }));
    await this.regions.update(rows, sharedContext);
    const lists = given.flatMap(({ id, countries }) => (countries ? [{ id, countries }] : []));
    await this.release(
      lists.map(({ id }) => id),
      sharedContext,
    );
    await this.assign(lists, sharedContext);
    const updated = await this.read(
      given.map(({ id }) => id),
      sharedContext,
    );
    return single ? updated[0] : updated;
  }

  /** Deletes regions, softly; their countries are free again. */
  @InjectTransactionManager()
  async softDeleteRegions(
    ids: string | string[],
    config: { returnLinkableKeys?: string[] } = {},
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<LinkableKeys | void> {
    await this.release([ids].flat(), sharedContext);
    return this.regions.softDelete(ids, config, sharedContext);
  }

  /** Deletes regions for good; their countries are free again. */
  @InjectTransactionManager()
  async deleteRegions(ids: string | string[], @SharedContextParam() sharedContext: SharedContext = {}): Promise<void> {
    await this.release([ids].flat(), sharedContext);
    await this.regions.delete(ids, sharedContext);
  }

  private async release(regions: string[], context: SharedContext): Promise<void> {
    if (!regions.length) return;
    const countries = (await this.countries.list({ region_id: regions }, { select: ["iso_2"] }, context)) as { iso_2: string }[];
    if (countries.length)
      await this.countries.update(
        countries.map(({ iso_2 }) => ({ iso_2, region_id: null })),
        context,
      );
  }

  private async assign(lists: readonly { id: string; countries: (string | { iso_2: string })[] }[], context: SharedContext): Promise<void> {
    const wanted = lists.flatMap(({ id, countries }) =>
      countries.map((country) => ({ region_id: id, iso_2: (typeof country === "string" ? country : country.iso_2).toLowerCase() })),
    );
    if (!wanted.length) return;
    const codes = wanted.map(({ iso_2 }) => iso_2);
    const twice = codes.filter((code, index) => codes.indexOf(code) !== index);
    if (twice.length) throw regionErrors.duplicateCountries([...new Set(twice)]);
    const found = (await this.countries.list({ iso_2: codes }, { select: ["iso_2", "region_id"] }, context)) as {
      iso_2: string;
      region_id: string | null;
    }[];
    const missing = codes.filter((code) => !found.some(({ iso_2 }) => iso_2 === code));
    if (missing.length) throw regionErrors.unknownCountries(missing);
    const taken = found.filter(({ region_id }) => region_id).map(({ iso_2 }) => iso_2);
    if (taken.length) throw regionErrors.countriesTaken(taken);
    await this.countries.update(wanted, context);
  }

  private async read(ids: string[], context: SharedContext): Promise<RegionRecord[]> {
    const rows = (await this.regions.list({ id: ids }, { relations: ["countries"] }, context)) as unknown as RegionRecord[];
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id)!);
  }
}
