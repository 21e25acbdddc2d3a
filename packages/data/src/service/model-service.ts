import type { SharedContext, SqlExecutor } from "@velella/kernel";
import { dataErrors, describe } from "../errors";
import type { Filters, ReadRequest } from "../plan/read-plan";
import { read, readKeys } from "../read/read";
import type { ModelSpec } from "../spec/model-spec";
import { createRows } from "../write/create";
import { deleteRows, restoreRows, softDeleteRows } from "../write/delete";
import type { TouchedKeys } from "../write/delete";
import { checkedKey, identityOfKey, keyColumns, keyIn, keyOfRow, keysFilter, keyText } from "../write/keys";
import type { Row } from "../write/scope";
import { updateRows } from "../write/update";
import type { ReturnKeysConfig } from "../types/service";
import { fieldTreeFor } from "./field-tree";
import { checkFindConfig } from "./find-config";
import type { FindConfig } from "./find-config";
import type { BaseRepository } from "./repository";
import { selectedKeys, showsDeleted } from "./selected-keys";
import type { SelectionOptions, Selector } from "./selected-keys";

/**
 * The operations on one model. Modules have one for each of their models in their container (`artistService`), and the
 * methods that `ModuleService` generates call it.
 */
export class ModelService {
  constructor(
    readonly spec: ModelSpec,
    private readonly repository: BaseRepository,
  ) {}

  /**
   * The rows that match a filter: all of them unless `take` says less, in the order of their primary key unless `order` does.
   *
   * @throws AppError `data.bad_config`, `data.bad_page`
   */
  async list(filters?: Filters, config: FindConfig = {}, context?: SharedContext): Promise<Row[]> {
    return (await this.find(filters, config, context, false)).rows;
  }

  /** The same, and how many rows match without `take` and `skip`. */
  async listAndCount(filters?: Filters, config: FindConfig = {}, context?: SharedContext): Promise<[Row[], number]> {
    const { rows, count } = await this.find(filters, config, context, true);
    return [rows, count ?? rows.length];
  }

  /** @throws AppError `not_found` where the key is missing, or no row has it. */
  async retrieve(key: unknown, config: FindConfig = {}, context?: SharedContext): Promise<Row> {
    const { spec } = this;
    checkFindConfig(spec, config ?? {});
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

  /**
   * A list gives a list, an object a row, and `{selector, data}` the list of the rows selected. These are locked before they
   * are changed, so that none can vanish in between; a filter on `deleted_at` also selects soft-deleted ones.
   */
  async update(data: unknown, context?: SharedContext): Promise<Row | Row[]> {
    const list = (Array.isArray(data) ? data : [data]) as Row[];
    const scope = this.repository.scopeFor(context);
    this.checkChanges(list);
    if (list.some(isSelectorUpdate)) return scope.write(false, (executor) => this.updateSelected(executor, list));
    const rows = await updateRows(scope, this.spec, list);
    return Array.isArray(data) ? rows : (rows[0] as Row);
  }

  /** Updates the rows whose key exists, and creates the others. */
  async upsert(data: unknown, context?: SharedContext): Promise<Row | Row[]> {
    const list = (Array.isArray(data) ? data : [data]) as Row[];
    const options = {
      ...(context?.transactionManager ? { transaction: context.transactionManager } : {}),
      ...(context?.isolationLevel ? { isolationLevel: context.isolationLevel } : {}),
    };
    const rows = await this.repository.transaction((manager) => this.upsertAll(list, { ...context, transactionManager: manager }), options);
    return Array.isArray(data) ? rows : (rows[0] as Row);
  }

  /** Deletes for good; keys that do not exist are no error. */
  async delete(selector: Selector, context?: SharedContext): Promise<void> {
    await deleteRows(this.repository.scopeFor(context), this.spec, await this.keysOf("delete", selector, context));
  }

  /** Gives the keys of all rows that were soft-deleted, by linkable key; only those of `returnLinkableKeys` where it is given. */
  async softDelete(selector: Selector, config: ReturnKeysConfig = {}, context?: SharedContext): Promise<TouchedKeys> {
    this.checkLinkableKeys(config);
    const keys = await this.keysOf("soft-delete", selector, context);
    return picked(await softDeleteRows(this.repository.scopeFor(context), this.spec, keys), config?.returnLinkableKeys);
  }

  /** Gives the keys of all rows that were restored, like `softDelete`. */
  async restore(selector: Selector, config: ReturnKeysConfig = {}, context?: SharedContext): Promise<TouchedKeys> {
    this.checkLinkableKeys(config);
    const keys = await this.keysOf("restore", selector, context, { withDeleted: true });
    return picked(await restoreRows(this.repository.scopeFor(context), this.spec, keys), config?.returnLinkableKeys);
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

  private find(filters: Filters | undefined, config: FindConfig | null, context: SharedContext | undefined, count: boolean) {
    const given = config ?? {};
    checkFindConfig(this.spec, given);
    const { take, skip, order, withDeleted, select, relations } = given;
    if (select) this.repository.unknownNames?.checkSelect(this.spec, select);
    const wanted = given.filters ? { $and: [filters ?? {}, given.filters] } : filters;
    const request: ReadRequest = {
      spec: this.spec,
      fields: fieldTreeFor(this.spec, select, relations),
      ...(wanted ? { filters: wanted } : {}),
      ...(order ? { order } : {}),
      ...(take === undefined || take === null ? {} : { take }),
      ...(skip === undefined || skip === null ? {} : { skip }),
      ...(withDeleted ? { withDeleted } : {}),
      count,
    };
    return this.repository.reading(context, (executor) => read(executor, request));
  }

  private keysOf(operation: string, selector: Selector, context: SharedContext | undefined, options?: SelectionOptions) {
    return selectedKeys(this.repository.executorFor(context), this.spec, operation, selector, options);
  }

  private async updateSelected(executor: SqlExecutor, list: readonly Row[]): Promise<Row[]> {
    const { spec } = this;
    const changes: Row[] = [];
    const deleted = new Set<unknown>();
    for (const item of list) {
      if (!isSelectorUpdate(item)) {
        changes.push(item);
        continue;
      }
      for (const key of await selectedKeys(executor, spec, "update", item.selector, { lock: true })) {
        if (showsDeleted(item.selector)) deleted.add(identityOfKey(spec, key));
        changes.push({ ...(item.data as Row), ...keyColumns(spec, key) });
      }
    }
    return updateRows({ write: (_single, work) => work(executor) }, spec, changes, { deleted });
  }

  private checkChanges(list: readonly Row[]): void {
    const { unknownNames } = this.repository;
    if (!unknownNames) return;
    const selected = list.filter(isSelectorUpdate).map(({ data }) => data);
    for (const data of selected) unknownNames.checkSelectorData(this.spec, data);
    unknownNames.checkData(this.spec, "update", [...list.filter((item) => !isSelectorUpdate(item)), ...selected]);
  }

  private checkLinkableKeys(config: ReturnKeysConfig | null): void {
    const wanted: unknown = config?.returnLinkableKeys ?? [];
    if (!Array.isArray(wanted))
      throw dataErrors.badData(
        `"returnLinkableKeys" of ${this.spec.name}`,
        `a list such as ["${this.spec.linkableKey}"]`,
        describe(wanted),
      );
    this.repository.unknownNames?.checkLinkableKeys(this.spec, wanted as string[]);
  }
}

function isSelectorUpdate(item: unknown): item is { selector: unknown; data: unknown } {
  return typeof item === "object" && item !== null && "selector" in item && "data" in item;
}

function picked(keys: TouchedKeys, wanted: readonly string[] | undefined): TouchedKeys {
  if (!wanted || wanted.length === 0) return keys;
  return Object.fromEntries(Object.entries(keys).filter(([name]) => wanted.includes(name)));
}
