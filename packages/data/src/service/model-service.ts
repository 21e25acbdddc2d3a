import type { SharedContext } from "@velella/kernel";
import { dataErrors } from "../errors";
import type { Filters, OrderBy } from "../plan/read-plan";
import { read, readKeys } from "../read/read";
import type { ModelSpec } from "../spec/model-spec";
import { createRows } from "../write/create";
import { deleteRows, restoreRows, softDeleteRows } from "../write/delete";
import type { TouchedKeys } from "../write/delete";
import { checkedKey, identityOfKey, keyColumns, keyIn, keyOfRow, keysFilter, keyText } from "../write/keys";
import type { RowKey } from "../write/keys";
import type { Row } from "../write/scope";
import { updateRows } from "../write/update";
import { fieldTreeFor } from "./field-tree";
import type { BaseRepository } from "./repository";

/** What reads of a service return, and which part. */
export interface FindConfig {
  readonly select?: readonly string[];
  readonly relations?: readonly string[];
  readonly take?: number | null;
  readonly skip?: number | null;
  readonly order?: OrderBy;
  readonly withDeleted?: boolean;
}

/** Keys, or filters that select rows. */
export type Selector = unknown;

/**
 * The operations on one model. Modules have one for each of their models in their container (`artistService`), and the
 * methods that `ModuleService` generates call it.
 */
export class ModelService {
  constructor(
    readonly spec: ModelSpec,
    private readonly repository: BaseRepository,
  ) {}

  async list(filters?: Filters, config: FindConfig = {}, context?: SharedContext): Promise<Row[]> {
    return (await this.find(filters, config, context, false)).rows;
  }

  async listAndCount(filters?: Filters, config: FindConfig = {}, context?: SharedContext): Promise<[Row[], number]> {
    const { rows, count } = await this.find(filters, config, context, true);
    return [rows, count ?? rows.length];
  }

  /** @throws AppError `not_found` where the key is missing, or no row has it. */
  async retrieve(key: unknown, config: FindConfig = {}, context?: SharedContext): Promise<Row> {
    const { spec } = this;
    const checked = checkedKey(spec, key);
    const { rows } = await this.find(keyColumns(spec, checked), { ...config, take: 1, skip: 0 }, context, false);
    if (!rows[0]) throw dataErrors.notFound(spec.name, spec.primaryKey.join(", "), keyText(spec, checked));
    return rows[0];
  }

  /** A list gives a list, an object a row. */
  async create(data: unknown, context?: SharedContext): Promise<Row | Row[]> {
    const list = Array.isArray(data) ? (data as unknown[]) : [data];
    this.repository.unknownNames?.checkData(this.spec, "create", list);
    const rows = await createRows(this.repository.scopeFor(context), this.spec, list);
    return Array.isArray(data) ? rows : (rows[0] as Row);
  }

  /** A list gives a list, an object a row, and `{selector, data}` the list of the rows selected. */
  async update(data: unknown, context?: SharedContext): Promise<Row | Row[]> {
    const list = (Array.isArray(data) ? data : [data]) as Row[];
    const scope = this.repository.scopeFor(context);
    const given = list.map((item) => (isSelectorUpdate(item) ? item.data : item));
    this.repository.unknownNames?.checkData(this.spec, "update", given);
    if (!list.some(isSelectorUpdate)) {
      const rows = await updateRows(scope, this.spec, list);
      return Array.isArray(data) ? rows : (rows[0] as Row);
    }
    const changes: Row[] = [];
    for (const item of list) {
      if (!isSelectorUpdate(item)) changes.push(item);
      else
        for (const key of await this.selectedKeys("update", item.selector, context))
          changes.push({ ...(item.data as Row), ...keyColumns(this.spec, key) });
    }
    return updateRows(scope, this.spec, changes);
  }

  /** Updates the rows whose key exists, and creates the others. */
  async upsert(data: unknown, context?: SharedContext): Promise<Row | Row[]> {
    const list = (Array.isArray(data) ? data : [data]) as Row[];
    const options = context?.transactionManager ? { transaction: context.transactionManager } : {};
    const rows = await this.repository.transaction((manager) => this.upsertAll(list, { ...context, transactionManager: manager }), options);
    return Array.isArray(data) ? rows : (rows[0] as Row);
  }

  async delete(selector: Selector, context?: SharedContext): Promise<void> {
    await deleteRows(this.repository.scopeFor(context), this.spec, await this.selectedKeys("delete", selector, context));
  }

  /** Gives the keys of all rows that were soft-deleted, by linkable key; only those of `returnLinkableKeys` where it is given. */
  async softDelete(
    selector: Selector,
    config: { returnLinkableKeys?: readonly string[] } = {},
    context?: SharedContext,
  ): Promise<TouchedKeys> {
    const keys = await this.selectedKeys("soft-delete", selector, context);
    return picked(await softDeleteRows(this.repository.scopeFor(context), this.spec, keys), config.returnLinkableKeys);
  }

  /** Gives the keys of all rows that were restored, like `softDelete`. */
  async restore(
    selector: Selector,
    config: { returnLinkableKeys?: readonly string[] } = {},
    context?: SharedContext,
  ): Promise<TouchedKeys> {
    const keys = await this.selectedKeys("restore", selector, context, true);
    return picked(await restoreRows(this.repository.scopeFor(context), this.spec, keys), config.returnLinkableKeys);
  }

  private async upsertAll(list: readonly Row[], context: SharedContext): Promise<Row[]> {
    const scope = this.repository.scopeFor(context);
    const { spec } = this;
    const keys = list
      .filter((item) => spec.primaryKey.every((name) => (item[name] ?? undefined) !== undefined))
      .map((item) => keyIn(spec, item));
    const found = keys.length > 0 ? await readKeys(this.repository.executorFor(context), spec, keysFilter(spec, keys)) : [];
    const present = new Set(found.map((row) => identityOfKey(spec, keyOfRow(spec, row))));
    const isPresent = (item: Row) => present.has(identityOfKey(spec, keyOfRow(spec, item)));
    const updated = await updateRows(scope, this.spec, list.filter(isPresent));
    const created = await createRows(
      scope,
      this.spec,
      list.filter((item) => !isPresent(item)),
    );
    return list.map((item) => (isPresent(item) ? updated.shift() : created.shift()) as Row);
  }

  private find(filters: Filters | undefined, config: FindConfig, context: SharedContext | undefined, count: boolean) {
    const { take, skip, order, withDeleted } = config ?? {};
    if (config?.select) this.repository.unknownNames?.checkSelect(this.spec, config.select);
    return read(this.repository.executorFor(context), {
      spec: this.spec,
      fields: fieldTreeFor(this.spec, config?.select, config?.relations),
      ...(filters ? { filters } : {}),
      ...(order ? { order } : {}),
      ...(take === undefined || take === null ? {} : { take }),
      ...(skip ? { skip } : {}),
      ...(withDeleted ? { withDeleted } : {}),
      count,
    });
  }

  /** The keys that a selector means: a key, a list of keys, or filters. */
  private async selectedKeys(
    operation: string,
    selector: unknown,
    context: SharedContext | undefined,
    withDeleted = false,
  ): Promise<RowKey[]> {
    const { spec } = this;
    const items: unknown[] = Array.isArray(selector) ? selector : [selector];
    const keys: RowKey[] = [];
    for (const item of items) {
      if (typeof item !== "object" || item === null) {
        keys.push(checkedKey(spec, item));
        continue;
      }
      const entries = Object.entries(item);
      if (entries.length === 0) throw dataErrors.emptySelector(spec.name, operation);
      const missing = entries.find(([, value]) => value === undefined);
      if (missing) throw dataErrors.undefinedSelector(spec.name, operation, missing[0]);
      const found = await readKeys(this.repository.executorFor(context), spec, item as Filters, withDeleted);
      keys.push(...found.map((row) => keyOfRow(spec, row)));
    }
    return keys;
  }
}

function isSelectorUpdate(item: unknown): item is { selector: unknown; data: unknown } {
  return typeof item === "object" && item !== null && "selector" in item && "data" in item;
}

function picked(keys: TouchedKeys, wanted: readonly string[] | undefined): TouchedKeys {
  if (!wanted || wanted.length === 0) return keys;
  return Object.fromEntries(Object.entries(keys).filter(([name]) => wanted.includes(name)));
}
