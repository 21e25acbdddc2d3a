import { suggestion } from "@velella/kernel";
import type { Logger, SharedContext, SqlConnection, SqlExecutor, SqlManager, SqlTransaction } from "@velella/kernel";
import { Cascade } from "./link-cascade";
import type { CascadedRecords } from "./link-cascade";
import { idsOf, LinkIndex, recordKeys } from "./link-definition";
import type { LinkDefinition, LinkPair, RecordKey } from "./link-definition";
import { checkedData } from "./link-data";
import { linkErrors } from "./errors";
import { destroyPairs, dismissPairs, listPairs, requireSingle, upsertPairs } from "./link-rows";
import type { LinkRow, PairRow } from "./link-rows";
import type { LinkId, LinkSide, LinkSpec, TableLinkSpec } from "./link-spec";

/** Records by module and key: `{ product: { product_id: ["prod_1"] } }`. */
export type LinkedRecords = Record<string, Record<string, LinkId | readonly LinkId[]>>;

/** What {@link LinkService.remove} did. */
export interface RemovedLinks {
  readonly records: readonly LinkedRecords[];
  /** When; undefined where there was nothing to remove. */
  readonly at: string | undefined;
}

/** What the link service works with. */
export interface LinkServiceOptions {
  /** Those with a table; read-only ones are passed over. */
  readonly links: readonly LinkSpec[];
  /** The database with the link tables. */
  readonly connection: SqlConnection;
  /** The service of a module, to delete and restore the records of `deleteCascade` sides. */
  readonly service: (module: string) => object;
  /** Makes the manager that services get as `transactionManager`. */
  readonly manager: (executor: SqlExecutor) => SqlManager;
  /** Is told of values for columns that a link does not have, once each. */
  readonly logger?: Logger;
  /** Whether the logger is told. Default: unless NODE_ENV is `production`. */
  readonly warn?: boolean;
  /** Such a value is an error. Default: false. */
  readonly strict?: boolean;
  /**
   * Is told of the records of a model whose links have changed, within the transaction of the change.
   *
   * @param ids Empty where the link does not know records by their `id`.
   */
  readonly onChange?: (model: string, ids: readonly string[], sharedContext: SharedContext) => Promise<void>;
}

/**
 * Creates and removes links between records: `link` (and `remoteLink`) in the container. Each method takes one
 * definition or many, runs a single statement per link table, and joins the transaction of a `sharedContext`: a call that
 * fails undoes what it did itself, and leaves the transaction usable.
 */
export class LinkService {
  private readonly index: LinkIndex;
  private readonly warned = new Set<string>();
  private readonly warns: boolean;

  constructor(private readonly options: LinkServiceOptions) {
    this.index = new LinkIndex(options.links);
    this.warns = options.warn ?? process.env.NODE_ENV !== "production";
  }

  /**
   * Links records. A pair that is linked already is written again: it gets a new id and the values of `data`.
   *
   * @param links Modules in the order of `defineLink`; an array of ids links each of them.
   * @returns The rows of the links, in the order given.
   * @throws `link.unknown_link` when no link has these keys in this order; `link.multiple_links` when a side that is
   *   no list would get a second record; `link.id_missing`; `link.unknown_data` where the options are strict.
   */
  async create(links: LinkDefinition | LinkDefinition[], sharedContext?: SharedContext): Promise<LinkRow[]> {
    const groups = this.pairs(links, "create");
    return this.inTransaction(sharedContext, async (executor, inner) => {
      const created = new Map<PairRow, LinkRow>();
      for (const [link, pairs] of groups.byLink) {
        await requireSingle(executor, link, pairs);
        const rows = await upsertPairs(executor, link, pairs);
        pairs.forEach((pair, i) => created.set(pair, rows[i]!));
        await this.pairsChanged(link, pairs, inner);
      }
      return groups.inOrder.map((pair) => created.get(pair)!);
    });
  }

  /**
   * Unlinks records by soft-deleting the rows of their links. A pair that is not linked is no error.
   *
   * @throws `link.unknown_link`, `link.id_missing`.
   */
  async dismiss(links: LinkDefinition | LinkDefinition[], sharedContext?: SharedContext): Promise<void> {
    const groups = this.pairs(links, "dismiss");
    await this.inTransaction(sharedContext, async (executor, inner) => {
      for (const [link, pairs] of groups.byLink) {
        await dismissPairs(executor, link, pairs);
        await this.pairsChanged(link, pairs, inner);
      }
    });
  }

  /**
   * Deletes the rows of links for good, also those that are soft-deleted already: nothing restores them.
   *
   * @throws `link.unknown_link`, `link.id_missing`.
   */
  async destroy(links: LinkDefinition | LinkDefinition[], sharedContext?: SharedContext): Promise<void> {
    const groups = this.pairs(links, "destroy");
    await this.inTransaction(sharedContext, async (executor, inner) => {
      for (const [link, pairs] of groups.byLink) {
        await destroyPairs(executor, link, pairs);
        await this.pairsChanged(link, pairs, inner);
      }
    });
  }

  /**
   * The links of deleted records go, and with them the records of `deleteCascade` sides (through their own services)
   * and in turn those records' links.
   *
   * @returns The errors, or null, and what was deleted. Nothing is deleted when there are errors.
   */
  async delete(records: LinkedRecords | LinkedRecords[], sharedContext?: SharedContext): Promise<[Error[] | null, CascadedRecords]> {
    return this.cascade(records, "delete", sharedContext);
  }

  /**
   * Takes back `delete`: the links come back, and with them the records of `deleteCascade` sides. A link whose place
   * was taken meanwhile stays removed.
   *
   * @returns The errors, or null, and what was restored.
   */
  async restore(records: LinkedRecords | LinkedRecords[], sharedContext?: SharedContext): Promise<[Error[] | null, CascadedRecords]> {
    return this.cascade(records, "restore", sharedContext);
  }

  /**
   * The links between records, as the rows have it: also of records that were deleted without the link service being told.
   * An id that is left out (`{ product: { product_id: "prod_1" }, review: { review_id: undefined } }`)
   * stands for any.
   *
   * @param options `asLinkDefinition` gives definitions that `create` takes, instead of rows.
   */
  async list(
    links: LinkDefinition | LinkDefinition[],
    options: { asLinkDefinition?: boolean } = {},
    sharedContext?: SharedContext,
  ): Promise<(LinkRow | LinkDefinition)[]> {
    const byLink = new Map<TableLinkSpec, { left: LinkId | undefined; right: LinkId | undefined }[]>();
    for (const definition of [links].flat()) {
      const { link, left, right } = this.index.pair(definition, "list");
      const pairs = combinations(idsOrAny(left, link.sides[0]), idsOrAny(right, link.sides[1]));
      byLink.set(link, [...(byLink.get(link) ?? []), ...pairs]);
    }
    const executor = sharedContext?.transactionManager?.executor ?? this.options.connection;
    const found: (LinkRow | LinkDefinition)[] = [];
    for (const [link, pairs] of byLink) {
      const rows = await listPairs(executor, link, pairs);
      found.push(...(options.asLinkDefinition ? rows.map((row) => asDefinition(link, row)) : rows));
    }
    return found;
  }

  private pairs(links: LinkDefinition | LinkDefinition[], method: string) {
    const byLink = new Map<TableLinkSpec, PairRow[]>();
    const inOrder: PairRow[] = [];
    for (const definition of [links].flat()) {
      const pair: LinkPair = this.index.pair(definition, method);
      const [left, right] = pair.link.sides;
      const data = checkedData(pair.link, pair.data);
      this.reportUnknown(pair.link, pair.data);
      for (const row of combinations(
        idsOf({ key: left.key, value: pair.left }, method, left.keyType),
        idsOf({ key: right.key, value: pair.right }, method, right.keyType),
      )) {
        const complete = { ...row, data };
        inOrder.push(complete);
        const pairs = byLink.get(pair.link);
        if (pairs) pairs.push(complete);
        else byLink.set(pair.link, [complete]);
      }
    }
    return { byLink, inOrder };
  }

  /** Tells of values that no column takes. */
  private reportUnknown(link: TableLinkSpec, data: Readonly<Record<string, unknown>>): void {
    if (!this.warns && !this.options.strict) return;
    for (const name of Object.keys(data)) {
      if (link.columns.some((column) => column.name === name)) continue;
      const columns = link.columns.map((column) => column.name);
      const error = linkErrors.unknownData(link.entryPoint, name, columns.length ? suggestion(name, columns) : "It has none.");
      if (this.options.strict) throw error;
      if (this.warned.has(error.message)) continue;
      this.warned.add(error.message);
      this.options.logger?.warn(`${error.message} It is left out. ${error.hint}`);
    }
  }

  /**
   * {@link delete}, whose errors are thrown, and which can be taken back exactly: `putBack` restores what this call has removed,
   * where {@link restore} restores what was removed last, by whatever call.
   */
  async remove(records: LinkedRecords | LinkedRecords[], sharedContext?: SharedContext): Promise<RemovedLinks> {
    const start = this.records(records, "delete");
    return this.inTransaction(sharedContext, async (executor, inner) => {
      const cascade = this.cascadeOf("delete", executor, inner);
      await cascade.run(start);
      return { records: [records].flat(), at: cascade.removedAt };
    });
  }

  /** Takes back a {@link remove}. */
  async putBack({ records, at }: RemovedLinks, sharedContext?: SharedContext): Promise<void> {
    if (at === undefined) return;
    const start = this.records(records, "restore");
    await this.inTransaction(sharedContext, (executor, inner) => this.cascadeOf("restore", executor, inner, at).run(start));
  }

  private records(records: LinkedRecords | readonly LinkedRecords[], method: string): RecordKey[] {
    const start = [records].flat().flatMap((record) => recordKeys(record as LinkDefinition, method));
    for (const record of start) idsOf(record, method, this.index.keyType(record));
    return start;
  }

  private async cascade(
    records: LinkedRecords | LinkedRecords[],
    method: "delete" | "restore",
    context?: SharedContext,
  ): Promise<[Error[] | null, CascadedRecords]> {
    const start = this.records(records, method);
    try {
      const done = await this.inTransaction(context, (executor, inner) => this.cascadeOf(method, executor, inner).run(start));
      return [null, done];
    } catch (error) {
      // Inside a caller's transaction the failure is the caller's, who decides what becomes of the rest.
      if (context?.transactionManager) throw error;
      return [[error instanceof Error ? error : new Error(String(error))], {}];
    }
  }

  private cascadeOf(method: "delete" | "restore", executor: SqlExecutor, context: SharedContext, at?: string): Cascade {
    const { index } = this;
    const { service } = this.options;
    const changed = (side: LinkSide, ids: readonly LinkId[]) => this.changed(side, ids, context);
    return new Cascade({ index, service, method, executor, context, changed, ...(at !== undefined && { at }) });
  }

  private async pairsChanged({ sides: [left, right] }: TableLinkSpec, pairs: readonly PairRow[], context: SharedContext): Promise<void> {
    await this.changed(
      left,
      pairs.map((pair) => pair.left),
      context,
    );
    await this.changed(
      right,
      pairs.map((pair) => pair.right),
      context,
    );
  }

  private async changed({ model, primaryKey }: LinkSide, ids: readonly LinkId[], context: SharedContext): Promise<void> {
    await this.options.onChange?.(model, primaryKey === "id" ? [...new Set(ids.map(String))] : [], context);
  }

  private async inTransaction<T>(
    context: SharedContext | undefined,
    run: (executor: SqlExecutor, context: SharedContext) => Promise<T>,
  ): Promise<T> {
    const executor = context?.transactionManager?.executor;
    if (context && executor) {
      const work = () => run(executor, context);
      return isTransaction(executor) ? executor.savepoint(work) : work();
    }
    return this.options.connection.transaction((transaction) => {
      const manager = this.options.manager(transaction);
      return run(transaction, { ...context, transactionManager: manager, manager });
    });
  }
}

function combinations<L, R>(lefts: readonly L[], rights: readonly R[]): { left: L; right: R }[] {
  return lefts.flatMap((left) => rights.map((right) => ({ left, right })));
}

const idsOrAny = (value: unknown, side: LinkSide): (LinkId | undefined)[] =>
  value === undefined ? [undefined] : idsOf({ key: side.key, value }, "list", side.keyType);

const isTransaction = (executor: SqlExecutor): executor is SqlTransaction => "savepoint" in executor;

function asDefinition({ sides: [left, right], columns }: TableLinkSpec, row: LinkRow): LinkDefinition {
  const definition: LinkDefinition = { [left.module]: { [left.key]: row[left.key] } };
  definition[right.module] = { ...definition[right.module], [right.key]: row[right.key] };
  if (columns.length) definition.data = Object.fromEntries(columns.map(({ name }) => [name, row[name]]));
  return definition;
}

export type { CascadedRecords, LinkDefinition, LinkRow };
