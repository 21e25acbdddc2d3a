import { InjectTransactionManager, modelServices, SharedContextParam, specOf } from "@velella/data";
import type { BaseRepository, ModelService } from "@velella/data";
import type { SharedContext } from "@velella/kernel";
import { CommerceService } from "../commerce-service";
import { changesFrom, splitContext } from "../update-arguments";
import type { UpdateArguments } from "../update-arguments";
import { calculatePriceSet, flattenContext } from "./calculate";
import { pricingErrors } from "./errors";
import * as models from "./models";
import { priceKey, priceRow, ruleRows } from "./price-rows";
import type {
  AddPricesInput,
  CalculatedPriceSet,
  CreatePriceInput,
  CreatePriceSetInput,
  PricePreferenceRecord,
  PriceRecord,
  PriceSetRecord,
  PricingContext,
  UpdatePriceSetInput,
} from "./types";

const withRules = { relations: ["prices", "prices.price_rules"] };

/** Sets of prices, and what they come to in a context. */
export class PricingModuleService extends CommerceService<"createPriceSets" | "updatePriceSets" | "upsertPriceSets">()(models) {
  private readonly sets: ModelService;
  private readonly prices: ModelService;
  private readonly rules: ModelService;
  private readonly preferences: ModelService;

  constructor(cradle: { baseRepository: BaseRepository }, options: object = {}) {
    super(cradle, options);
    const services = modelServices(
      Object.values(models).map((model) => specOf(model)),
      cradle.baseRepository,
    );
    this.sets = services.priceSetService!;
    this.prices = services.priceService!;
    this.rules = services.priceRuleService!;
    this.preferences = services.pricePreferenceService!;
  }

  /** Creates sets of prices. */
  createPriceSets(data: CreatePriceSetInput[], sharedContext?: SharedContext): Promise<PriceSetRecord[]>;
  createPriceSets(data: CreatePriceSetInput, sharedContext?: SharedContext): Promise<PriceSetRecord>;
  @InjectTransactionManager()
  async createPriceSets(
    data: CreatePriceSetInput | CreatePriceSetInput[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<PriceSetRecord | PriceSetRecord[]> {
    const inputs = [data].flat();
    const rows = inputs.map(({ prices = [], ...set }) => ({ ...set, prices: prices.map(priceRow) }));
    const created = (await this.sets.create(rows, sharedContext)) as unknown as PriceSetRecord[];
    return (Array.isArray(data) ? created : created[0]) as never;
  }

  /** Changes sets: the list of prices replaces the former one, but for those of price lists. */
  async updatePriceSets<T extends string | object>(
    ...all: UpdateArguments<T, UpdatePriceSetInput>
  ): Promise<T extends unknown[] ? PriceSetRecord[] : PriceSetRecord> {
    const { args, sharedContext } = splitContext(all);
    return this.updateInTransaction(args, sharedContext) as never;
  }

  /** Sets with the id of an existing one are changed, others created. */
  upsertPriceSets(data: UpdatePriceSetInput[], sharedContext?: SharedContext): Promise<PriceSetRecord[]>;
  upsertPriceSets(data: UpdatePriceSetInput, sharedContext?: SharedContext): Promise<PriceSetRecord>;
  @InjectTransactionManager()
  async upsertPriceSets(
    data: UpdatePriceSetInput | UpdatePriceSetInput[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<PriceSetRecord | PriceSetRecord[]> {
    const inputs = [data].flat();
    const results: PriceSetRecord[] = [];
    for (const input of inputs) {
      if (input.id) results.push((await this.replacePrices([input as UpdatePriceSetInput & { id: string }], sharedContext))[0]!);
      else results.push(await this.createPriceSets(input as CreatePriceSetInput, sharedContext));
    }
    return (Array.isArray(data) ? results : results[0]) as never;
  }

  /** Adds prices to sets; one for the same currency, quantities and rules is changed. */
  addPrices(data: AddPricesInput[], sharedContext?: SharedContext): Promise<PriceSetRecord[]>;
  addPrices(data: AddPricesInput, sharedContext?: SharedContext): Promise<PriceSetRecord>;
  @InjectTransactionManager()
  async addPrices(
    data: AddPricesInput | AddPricesInput[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<PriceSetRecord | PriceSetRecord[]> {
    const inputs = [data].flat();
    const existing = await this.plainPrices(
      inputs.map(({ priceSetId }) => priceSetId),
      sharedContext,
    );
    for (const { priceSetId, prices } of inputs) await this.write(priceSetId, prices, existing, sharedContext);
    const sets = await this.read(
      inputs.map(({ priceSetId }) => priceSetId),
      sharedContext,
    );
    return (Array.isArray(data) ? sets : sets[0]) as never;
  }

  /** Removes prices, softly. */
  @InjectTransactionManager()
  async removePrices(ids: string[], @SharedContextParam() sharedContext: SharedContext = {}): Promise<void> {
    await this.prices.softDelete(ids, {}, sharedContext);
  }

  /**
   * What sets cost in a context: see {@link calculatePriceSet}.
   *
   * @param filters The ids of the sets.
   * @throws invalid_data without a currency in the context.
   */
  async calculatePrices(
    { id }: { id: string[] },
    { context = {} }: PricingContext = {},
    sharedContext?: SharedContext,
  ): Promise<CalculatedPriceSet[]> {
    const currency = context.currency_code?.toLowerCase();
    if (!currency) throw pricingErrors.noCurrency();
    if (!id.length) return [];
    const values = flattenContext({ ...context, currency_code: currency });
    const prices = (await this.prices.list(
      { price_set_id: id, currency_code: currency },
      { relations: ["price_rules", "price_list", "price_list.price_list_rules"] },
      sharedContext,
    )) as unknown as PriceRecord[];
    const preferences = await this.preferencesFor(currency, context.region_id, sharedContext);
    const bySet = new Map<string, PriceRecord[]>();
    for (const price of prices) bySet.set(price.price_set_id, [...(bySet.get(price.price_set_id) ?? []), price]);
    return id.flatMap((set) => {
      const candidates = bySet.get(set);
      if (!candidates) return [];
      const calculated = calculatePriceSet(set, candidates, values, preferences);
      return calculated.calculated_amount === null ? [] : [calculated];
    });
  }

  @InjectTransactionManager()
  protected async updateInTransaction(args: readonly unknown[], @SharedContextParam() sharedContext: SharedContext = {}): Promise<unknown> {
    const { changes, single } = await changesFrom(this, "PriceSets", args, sharedContext);
    const updated = await this.replacePrices(changes, sharedContext);
    return single ? updated[0] : updated;
  }

  private async replacePrices(
    changes: readonly (UpdatePriceSetInput & { id: string })[],
    context: SharedContext,
  ): Promise<PriceSetRecord[]> {
    const existing = await this.plainPrices(
      changes.map(({ id }) => id),
      context,
    );
    for (const { id, prices } of changes) {
      if (!prices) continue;
      const kept = await this.write(id, prices, existing, context);
      const gone = existing.filter((price) => price.price_set_id === id && !kept.has(price.id)).map((price) => price.id);
      if (gone.length) await this.prices.softDelete(gone, {}, context);
    }
    return this.read(
      changes.map(({ id }) => id),
      context,
    );
  }

  /** Writes prices of a set, and returns the ids of existing ones that were meant. */
  private async write(
    price_set_id: string,
    prices: readonly Partial<CreatePriceInput>[],
    existing: readonly PriceRecord[],
    context: SharedContext,
  ): Promise<Set<string>> {
    const own = existing.filter((price) => price.price_set_id === price_set_id);
    const byKey = new Map(own.map((price) => [priceKey(price), price.id]));
    const kept = new Set<string>();
    const fresh: Record<string, unknown>[] = [];
    for (const input of prices) {
      const id = input.id && own.some((price) => price.id === input.id) ? input.id : byKey.get(priceKey(input));
      if (!id) {
        fresh.push({ ...priceRow(input as CreatePriceInput), price_set_id });
        continue;
      }
      kept.add(id);
      const { rules, ...change } = input;
      await this.prices.update({ ...change, id, ...(rules && { rules_count: ruleRows(rules).length }) }, context);
      if (rules) await this.replaceRules(id, rules, context);
    }
    if (fresh.length) await this.prices.create(fresh, context);
    return kept;
  }

  private async replaceRules(price_id: string, rules: NonNullable<CreatePriceInput["rules"]>, context: SharedContext): Promise<void> {
    const former = await this.rules.list({ price_id }, { select: ["id"] }, context);
    if (former.length)
      await this.rules.delete(
        former.map(({ id }) => id),
        context,
      );
    const rows = ruleRows(rules).map((rule) => ({ ...rule, price_id }));
    if (rows.length) await this.rules.create(rows, context);
  }

  /** The prices of sets that no price list brought. */
  private async plainPrices(sets: readonly string[], context: SharedContext): Promise<PriceRecord[]> {
    return (await this.prices.list(
      { price_set_id: sets, price_list_id: null },
      { relations: ["price_rules"] },
      context,
    )) as unknown as PriceRecord[];
  }

  private async read(ids: readonly string[], context: SharedContext): Promise<PriceSetRecord[]> {
    const rows = (await this.sets.list({ id: ids }, withRules, context)) as unknown as PriceSetRecord[];
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id)!);
  }

  private async preferencesFor(currency: string, region: string | undefined, context?: SharedContext): Promise<PricePreferenceRecord[]> {
    const wanted = [{ attribute: "currency_code", value: currency }, ...(region ? [{ attribute: "region_id", value: region }] : [])];
    return (await this.preferences.list({ $or: wanted }, {}, context)) as unknown as PricePreferenceRecord[];
  }
}
