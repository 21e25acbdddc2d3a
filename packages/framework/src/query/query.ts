import type { Filters, OrderBy } from "@velella/data";
import { suggestion } from "@velella/kernel";
import type { Container, Logger, SharedContext } from "@velella/kernel";
import { queryErrors } from "./errors";
import { runPlan } from "./executor";
import type { QueryRun, RowRequest } from "./executor";
import { explainPlan, recording } from "./explain";
import type { QueryExplanation } from "./explain";
import type { FieldLimits } from "./field-tree";
import type { Graph, GraphEntity } from "./graph";
import type { FieldOf, GraphRowOf } from "./graph-types";
import type { MissingRecord } from "./missing-records";
import { keyFilter, requireKeys, requireRecords } from "./not-found";
import { planQuery } from "./planner";
import { cachingOf, throughCache } from "./query-cache";
import type { QueryCacheOptions } from "./query-cache";
import type { QueryPlan, UnknownField } from "./planner";
import { rewriteFilters, rewriteOrder } from "./rewrite";
import { rowStream } from "./row-stream";

/**
 * What `query.graph` is asked.
 *
 * @typeParam Field The fields, where they are known when the code is checked; then the rows are typed by them.
 */
export interface GraphConfig<Name extends string = string, Field extends string = string> {
  /** A model's name (snake or camel case, singular or plural), or the entry point of a link. */
  entity: Name;
  /** `"title"`, `"variants.sku"`, `"variants.*"`, `"*"`. Names that nothing has are left out. */
  fields?: readonly Field[];
  /** On the entity's properties, and through relations and links on those of any other. They choose rows of the entity, not of what is below it. */
  filters?: Filters;
  /**
   * Which part of the rows of the entity, and in which order; all, by primary key, by default. Nothing below them is cut off.
   */
  pagination?: {
    /** Leaves out so many rows. Default: 0. */
    skip?: number;
    /** At most so many rows; all where it is missing or null. */
    take?: number | null;
    /** `{ title: "ASC", brand: { name: "DESC" } }`. Default: by primary key, ascending. */
    order?: OrderBy;
    /** `"exact"` counts every row that matches; `"estimate"` (the default) does so up to 10,000, and is never slower than the page. */
    count?: "estimate" | "exact";
  };
  /** Values for computed fields, at their paths: see `QueryContext`. */
  context?: Readonly<Record<string, unknown>>;
  /** Also rows that were soft-deleted. Default: false. */
  withDeleted?: boolean;
  /** Accepted, and without effect: what lies in one database is always one statement. */
  strategy?: string;
}

/** How `query.graph` answers. */
export interface GraphOptions {
  /** An error when a primary key in the filters (as a value, a list, `$eq` or `$in`, also in `$and`) has no row. Default: false. */
  throwIfKeyNotFound?: boolean;
  /** An error when a link refers to a record that is not there: for all links, or those named by field or module. */
  throwIfRelationNotFound?: boolean | readonly string[];
  /**
   * Keeps the answer in the caching module, and gives it from there the next time. Without effect, with a warning, in an
   * app whose config lists no caching module; and without effect inside a transaction, which has to see its own writes.
   */
  cache?: QueryCacheOptions;
  /** Accepted, and without effect: rows come as they are stored. */
  locale?: string;
}

/** A row of an entity that no types know; see `GraphRowOf` for those that they do. */
// oxlint-disable-next-line typescript/no-explicit-any
export type GraphRow = any;

/** What `query.graph` returns. */
export interface GraphResult<Row = GraphRow> {
  data: Row[];
  /** Present when `take` or `skip` was given; `estimate_count` only where `count` is more than 10,000 and an estimate. */
  metadata?: { skip: number; take?: number; count: number; estimate_count?: number };
}

/** What `query.index` returns: the same rows, and a metadata of its own. */
export interface IndexResult<Row = GraphRow> {
  data: Row[];
  metadata?: { estimate_count: number; skip: number; take: number };
}

/** What a query works with. */
export interface QueryOptions {
  /** What can be asked for. */
  readonly graph: Graph;
  /** Given to computed fields. */
  readonly container: Container;
  /** Told of unknown fields, where `warn` says so, and once of the names that links could not take. */
  readonly logger: Logger;
  /** An unknown field is an error instead of a warning. Default: false. */
  readonly strict?: boolean;
  /** Warn of unknown fields. Default: unless NODE_ENV is `production`. */
  readonly warn?: boolean;
  /** How much a query may ask for. Default: 16 levels, 2,000 fields. */
  readonly limits?: Partial<FieldLimits>;
}

/** Plans that are kept; beyond that, the one not used for the longest time is forgotten. */
const planLimit = 1000;

/** Reads across modules: `query` in the container. */
export class GraphQuery {
  private readonly plans = new Map<string, QueryPlan>();
  private readonly warned = new Set<string>();
  private readonly limits: FieldLimits;
  private linkNames: ReadonlySet<string> | undefined;
  private readonly warns: boolean;

  constructor(private readonly options: QueryOptions) {
    this.limits = { depth: 16, fields: 2000, ...options.limits };
    this.warns = options.warn ?? process.env.NODE_ENV !== "production";
    for (const conflict of options.graph.conflicts) options.logger.warn(conflict);
  }

  /**
   * Rows of an entity with fields of whatever they are related or linked with. All that lies in one database is one
   * statement; what lies elsewhere is one call per edge.
   *
   * Rows are typed by the fields where entity and fields are written in the call: see `GraphRowOf`.
   *
   * @param sharedContext Joins its transaction.
   * @throws `query.unknown_entity`; with the options `query.key_not_found`; with `strict` `query.unknown_fields`.
   * @example
   * await query.graph({ entity: "product", fields: ["id", "title", "brand.*"], filters: { brand: { name: "Acme" } } })
   */
  async graph<const Name extends string, const Field extends FieldOf<Name>>(
    config: GraphConfig<Name, Field>,
    options: GraphOptions = {},
    sharedContext?: SharedContext,
  ): Promise<GraphResult<GraphRowOf<Name, Field>>> {
    const load = () => this.answer(config, options, sharedContext);
    this.reportIdle(config, options);
    if (!options.cache?.enable || sharedContext?.transactionManager) return load();
    const caching = cachingOf(this.options.container);
    if (caching)
      return throughCache(caching, this.plan(this.entity(config.entity), config.fields ?? [], false).root, [config, options], load);
    this.warnOnce(`query.graph leaves out "cache", for the config lists no caching module.`);
    return load();
  }

  private async answer(config: GraphConfig, options: GraphOptions, sharedContext: SharedContext | undefined): Promise<GraphResult> {
    const { skip, take } = config.pagination ?? {};
    const isPage = skip !== undefined || (take !== undefined && take !== null);
    const { rows, count, isEstimate } = await this.rows(config, options, isPage, sharedContext);
    if (!isPage) return { data: rows };
    const metadata: GraphResult["metadata"] = { skip: skip ?? 0, count: count ?? 0 };
    if (take !== undefined && take !== null) metadata.take = take;
    if (isEstimate) metadata.estimate_count = metadata.count;
    return { data: rows, metadata };
  }

  /** {@link graph}, with the metadata of an index; `joinFilters` are filters on linked entities, which `filters` may hold as well. */
  async index<const Name extends string, const Field extends FieldOf<Name>>(
    config: GraphConfig<Name, Field> & { joinFilters?: Filters },
    options: GraphOptions = {},
    sharedContext?: SharedContext,
  ): Promise<IndexResult<GraphRowOf<Name, Field>>> {
    const { joinFilters, ...rest } = config;
    const filters = joinFilters ? { $and: [rest.filters ?? {}, joinFilters] } : rest.filters;
    const { data, metadata } = await this.graph({ ...rest, filters }, options, sharedContext);
    if (!metadata) return { data };
    return { data, metadata: { estimate_count: metadata.count, skip: metadata.skip, take: metadata.take ?? data.length } };
  }

  /** How a query would be answered: the plan as a tree, and all of its statements. Runs nothing but what filters on other sources need. */
  async explain(config: GraphConfig, options: { analyze?: boolean } = {}): Promise<QueryExplanation> {
    const entity = this.entity(config.entity);
    const { root } = this.plan(entity, config.fields ?? [], false);
    const run = this.run(config, undefined);
    const { executor, statements } = recording(run.executor);
    const filters = config.filters ? await rewriteFilters({ ...run, executor }, entity, entity.source, config.filters) : {};
    return explainPlan(run, root, this.request(entity, config, filters, isPaged(config)), statements, options);
  }

  /**
   * The rows of a query one after another, a few at a time, in the order of their primary key: for lists that do not
   * fit into memory. Rows that are written meanwhile may or may not be among them; none comes twice.
   *
   * @param options `batch` is the number of rows read at once, 1 or more. Default: 500.
   * @throws `query.stream_page` for a query with `pagination`, `query.bad_batch`; `query.source_shape` where a module's own
   *   list method gives rows again.
   * @example
   * for await (const product of query.stream({ entity: "product", fields: ["id", "variants.sku"] })) { … }
   */
  async *stream<const Name extends string, const Field extends FieldOf<Name>>(
    config: Omit<GraphConfig<Name, Field>, "pagination">,
    options: { batch?: number } = {},
    sharedContext?: SharedContext,
  ): AsyncGenerator<GraphRowOf<Name, Field>, void, void> {
    if ("pagination" in config && config.pagination !== undefined) throw queryErrors.streamPage(config.entity);
    const entity = this.entity(config.entity);
    const fields: readonly string[] = config.fields ?? [];
    const added = fields.includes("*") ? [] : entity.primaryKey.filter((key) => !fields.includes(key));
    yield* rowStream(entity, config.filters, options.batch ?? 500, async ({ filters, order, take }) => {
      const page = { ...config, fields: [...fields, ...added], filters, pagination: { order, take } };
      return (await this.rows(page, {}, false, sharedContext)).rows;
    }) as AsyncGenerator<GraphRow, void, void>;
  }

  private async rows(config: GraphConfig, options: GraphOptions, count: boolean, sharedContext: SharedContext | undefined) {
    const entity = this.entity(config.entity);
    const checksRecords = Boolean(options.throwIfRelationNotFound);
    const plan = this.plan(entity, config.fields ?? [], checksRecords);
    this.report(entity, plan.unknown);
    const wanted = options.throwIfKeyNotFound ? keyFilter(entity, config.filters) : undefined;
    const missing: MissingRecord[] = [];
    const run: QueryRun = { ...this.run(config, sharedContext), ...(checksRecords && { missing }) };
    const filters = config.filters ? await rewriteFilters(run, entity, entity.source, config.filters) : {};
    const request = this.request(entity, config, filters, count);
    const result = await runPlan(run, plan.root, request);
    if (wanted && result.rows.length < new Set(wanted.values).size) await this.requireFound(run, entity, wanted, request);
    if (checksRecords) requireRecords(missing, options.throwIfRelationNotFound!);
    // Typed by what was asked, in the methods that know it.
    const rows: GraphRow[] = plan.root.answers ? result.rows : result.rows.map(() => null);
    return { count: result.count, isEstimate: result.isEstimate, rows };
  }

  /** Finds out which key is missing. A query of its own, since the rows need not have their keys and may be one page of many. */
  private async requireFound(
    run: QueryRun,
    entity: GraphEntity,
    wanted: { key: string; values: unknown[] },
    request: RowRequest,
  ): Promise<void> {
    const { root } = this.plan(entity, [wanted.key], false);
    const { rows } = await runPlan({ ...run, missing: undefined }, root, { filters: request.filters, withDeleted: request.withDeleted });
    requireKeys(
      entity,
      wanted.key,
      wanted.values,
      rows.map((row) => row[wanted.key]),
    );
  }

  private entity(name: string): GraphEntity {
    if (typeof name !== "string" || name === "") throw queryErrors.noEntity(name === "" ? "empty" : String(name));
    const { byAlias } = this.options.graph;
    const entity = byAlias.get(name);
    if (!entity) throw queryErrors.unknownEntity(name, suggestion(name, byAlias.keys()));
    return entity;
  }

  private plan(entity: GraphEntity, fields: readonly string[], linkRows: boolean): QueryPlan {
    const key = JSON.stringify([entity.module, entity.name, linkRows, fields]);
    let plan = this.plans.get(key);
    if (plan && this.plans.size <= planLimit / 2) return plan;
    // Which ones were used last matters once there may soon be too many.
    if (plan) this.plans.delete(key);
    else {
      plan = planQuery(this.options.graph, entity, fields, this.limits, { linkRows });
      if (this.plans.size >= planLimit) this.plans.delete(this.plans.keys().next().value!);
    }
    this.plans.set(key, plan);
    return plan;
  }

  private run(config: GraphConfig, sharedContext: SharedContext | undefined): QueryRun {
    const { graph, container } = this.options;
    const executor = sharedContext?.transactionManager?.executor ?? graph.connection;
    return { graph, container, executor, context: config.context, withDeleted: config.withDeleted, sharedContext };
  }

  private request(entity: GraphEntity, config: GraphConfig, filters: Filters, count: boolean): RowRequest {
    const { skip, take, order } = config.pagination ?? {};
    return {
      filters,
      order: order ? rewriteOrder(entity, entity.source, order) : undefined,
      skip,
      take: take ?? undefined,
      withDeleted: config.withDeleted,
      count: count && (config.pagination?.count === "exact" || "estimate"),
    };
  }

  /** Tells of unknown fields: once each as a warning, or always as an error. */
  private report(root: GraphEntity, unknown: readonly UnknownField[]): void {
    if (!unknown.length || (!this.options.strict && !this.warns)) return;
    const lines = unknown.map(({ entity, field }) => `"${field}" of "${entity.name}": ${suggestion(field, namesOf(entity))}`);
    if (this.options.strict)
      throw queryErrors.unknownFields(root.name, `field ${unknown.map(({ field }) => `"${field}"`).join(", ")}`, lines.join(" "));
    for (const line of lines) this.warnOnce(`query.graph leaves out an unknown field, ${line}`);
  }

  /** Tells of what was asked for and does nothing. */
  private reportIdle({ strategy }: GraphConfig, { locale, throwIfRelationNotFound: names }: GraphOptions): void {
    if (strategy !== undefined) this.warnOnce(`query.graph leaves out "strategy": what lies in one database is always one statement.`);
    if (locale !== undefined) this.warnOnce(`query.graph leaves out "locale": rows come as they are stored.`);
    if (!Array.isArray(names)) return;
    this.linkNames ??= linkNamesOf(this.options.graph);
    for (const name of names as readonly string[]) {
      if (this.linkNames.has(name)) continue;
      const error = queryErrors.unknownLink(String(name), suggestion(String(name), this.linkNames));
      if (this.options.strict) throw error;
      this.warnOnce(`${error.message} It is not checked. ${error.hint}`);
    }
  }

  private warnOnce(line: string): void {
    if (!this.warns || this.warned.has(line)) return;
    this.warned.add(line);
    this.options.logger.warn(line);
  }
}

const isPaged = ({ pagination }: GraphConfig) => pagination?.skip !== undefined || (pagination?.take ?? undefined) !== undefined;

const namesOf = (entity: GraphEntity): string[] => [...(entity.spec?.propertyByName.keys() ?? []), ...entity.edges.keys()];

/** What `throwIfRelationNotFound` may name: links, by the name under which they are read, and modules. */
function linkNamesOf({ entities }: Graph): Set<string> {
  const names = new Set(entities.map(({ module }) => module));
  for (const { edges } of entities)
    for (const edge of edges.values()) if (edge.kind === "record" && edge.origin !== "relation") names.add(edge.name);
  return names;
}
