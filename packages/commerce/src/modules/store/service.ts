import { InjectTransactionManager, modelServices, SharedContextParam, specOf } from "@velella/data";
import type { BaseRepository, ModelService } from "@velella/data";
import type { SharedContext } from "@velella/kernel";
import { CommerceService } from "../commerce-service";
import { mergeMetadata } from "../metadata";
import { changesFrom, splitContext } from "../update-arguments";
import type { UpdateArguments } from "../update-arguments";
import { storeErrors } from "./errors";
import { Store, StoreCurrency, StoreLocale } from "./models";
import type { StoreRecord } from "./types";

/** A store to be made, or what of one is changed. Codes of currencies are kept in lower case. */
export interface StoreInput {
  id?: string;
  name?: string;
  /** One of them is the default. The list replaces what there was. */
  supported_currencies?: { currency_code: string; is_default?: boolean }[];
  /** The list replaces what there was. */
  supported_locales?: { locale_code: string }[];
  default_sales_channel_id?: string | null;
  default_region_id?: string | null;
  default_location_id?: string | null;
  metadata?: Record<string, unknown> | null;
}

/** The shop as a whole. */
export class StoreModuleService extends CommerceService<"createStores" | "updateStores">()({ Store, StoreCurrency, StoreLocale }) {
  private readonly stores: ModelService;
  private readonly parts: Record<"supported_currencies" | "supported_locales", ModelService>;

  constructor(cradle: { baseRepository: BaseRepository }, options: object = {}) {
    super(cradle, options);
    const services = modelServices([specOf(Store), specOf(StoreCurrency), specOf(StoreLocale)], cradle.baseRepository);
    this.stores = services.storeService!;
    this.parts = { supported_currencies: services.storeCurrencyService!, supported_locales: services.storeLocaleService! };
  }

  /**
   * Creates stores.
   *
   * @throws invalid_data unless exactly one of the currencies is the default.
   */
  createStores(data: StoreInput[], sharedContext?: SharedContext): Promise<StoreRecord[]>;
  createStores(data: StoreInput, sharedContext?: SharedContext): Promise<StoreRecord>;
  @InjectTransactionManager()
  async createStores(
    data: StoreInput | StoreInput[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<StoreRecord | StoreRecord[]> {
    const inputs = [data].flat().map(withLowerCase);
    inputs.forEach(refuseCurrencies);
    const created = (await this.stores.create(inputs, sharedContext)) as { id: string }[];
    const stores = await this.read(
      created.map(({ id }) => id),
      sharedContext,
    );
    return (Array.isArray(data) ? stores : stores[0]) as never;
  }

  /** Changes stores; lists of currencies and locales replace the former ones. */
  async updateStores<T extends string | object>(
    ...all: UpdateArguments<T, StoreInput>
  ): Promise<T extends unknown[] ? StoreRecord[] : StoreRecord> {
    const { args, sharedContext } = splitContext(all);
    return this.updateInTransaction(args, sharedContext) as never;
  }

  @InjectTransactionManager()
  protected async updateInTransaction(args: readonly unknown[], @SharedContextParam() sharedContext: SharedContext = {}): Promise<unknown> {
    const { changes, single } = await changesFrom(this, "Stores", args, sharedContext);
    const given = (changes as (StoreInput & { id: string })[]).map(withLowerCase);
    given.forEach(refuseCurrencies);
    const before = await this.read(
      given.map(({ id }) => id),
      sharedContext,
    );
    for (const [index, { supported_currencies, supported_locales, ...change }] of given.entries()) {
      const metadata = change.metadata && mergeMetadata(before[index]?.metadata, change.metadata);
      await this.stores.update({ ...change, ...(metadata && { metadata }) }, sharedContext);
      await this.replace("supported_currencies", change.id, supported_currencies, sharedContext);
      await this.replace("supported_locales", change.id, supported_locales, sharedContext);
    }
    const updated = await this.read(
      given.map(({ id }) => id),
      sharedContext,
    );
    return single ? updated[0] : updated;
  }

  private async replace(
    part: keyof typeof this.parts,
    store_id: string,
    items: object[] | undefined,
    context: SharedContext,
  ): Promise<void> {
    if (!items) return;
    const service = this.parts[part];
    const former = await service.list({ store_id }, { select: ["id"] }, context);
    if (former.length)
      await service.delete(
        former.map(({ id }) => id),
        context,
      );
    // Rows that were read before carry the id of one that is gone.
    if (items.length)
      await service.create(
        items.map((item) => ({ ...item, id: undefined, store_id })),
        context,
      );
  }

  private async read(ids: string[], context: SharedContext): Promise<StoreRecord[]> {
    const rows = (await this.stores.list(
      { id: ids },
      { relations: ["supported_currencies", "supported_locales"] },
      context,
    )) as unknown as StoreRecord[];
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id)!);
  }
}

function withLowerCase<T extends StoreInput>(store: T): T {
  if (!store.supported_currencies) return store;
  const currencies = store.supported_currencies.map((currency) => ({ ...currency, currency_code: currency.currency_code.toLowerCase() }));
  return { ...store, supported_currencies: currencies };
}

function refuseCurrencies({ supported_currencies: currencies }: StoreInput): void {
  if (!currencies?.length) return;
  const codes = currencies.map(({ currency_code }) => currency_code);
  const twice = codes.filter((code, index) => codes.indexOf(code) !== index);
  if (twice.length) throw storeErrors.duplicateCurrencies([...new Set(twice)]);
  const defaults = currencies.filter(({ is_default }) => is_default).length;
  if (!defaults) throw storeErrors.noDefaultCurrency();
  if (defaults > 1) throw storeErrors.severalDefaultCurrencies();
}
