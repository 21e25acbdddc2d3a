import { modelsOf } from "@velella/data";
import type { Filters, OrderBy } from "@velella/data";
import type { SharedContext } from "@velella/kernel";
import { queryErrors } from "./errors";
import type { GraphEntity } from "./graph";

/** Entities that are read through their module's own methods: overridden lists, other databases, virtual models. */

type Row = Record<string, unknown>;
type ListMethod = (filters: Filters, config: Row, context?: SharedContext) => Promise<unknown>;

/** What a service is asked for. */
export interface ServiceRequest {
  readonly filters: Filters;
  readonly select: readonly string[] | undefined;
  readonly relations: readonly string[];
  readonly order?: OrderBy;
  readonly take?: number;
  readonly skip?: number;
  readonly withDeleted?: boolean;
}

/** Whether a service lists a model by a method of its own, rather than by the generated one. */
export function overridesList(service: object, plural: string): boolean {
  const name = `list${plural}`;
  let owner: object | null = service;
  while (owner && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner) as object | null;
  if (!owner) return false;
  const type = (owner as { constructor: object }).constructor;
  // Generated methods lie on the first class of the line that knows models; whatever extends it wrote its own.
  return owner === service || modelsOf(type) === undefined || modelsOf(Object.getPrototypeOf(type) as object) !== undefined;
}

/** The method by which a source is read, for messages and plans: `cms.listContents`. */
export function sourceName(entity: GraphEntity): string {
  const service = entity.service();
  const name = methodNames(entity).find((candidate) => typeof (service as Row)[candidate] === "function");
  return `${entity.module}.${name ?? methodNames(entity)[0]}`;
}

/**
 * Reads rows through the `list` method of a module.
 *
 * @throws `query.no_list_method`, `query.source_failed` with the service's error as cause, `query.source_shape`.
 */
export async function listFromService(entity: GraphEntity, request: ServiceRequest, context?: SharedContext): Promise<Row[]> {
  const service = entity.service() as Record<string, ListMethod>;
  const names = methodNames(entity);
  const name = names.find((candidate) => typeof service[candidate] === "function");
  if (!name) throw queryErrors.noListMethod(entity.module, names.map((method) => `"${method}"`).join(", "), entity.name);
  const { filters, ...config } = request;
  const rows = await call(entity, name, filters, defined(config), context);
  if (!Array.isArray(rows)) throw queryErrors.sourceShape(`${entity.module}.${name}`, entity.name, "an array of rows", kindOf(rows));
  return requireObjects(entity, rows);
}

/**
 * Reads a page and the total through the `listAndCount` method of a module.
 *
 * @throws `query.no_list_and_count` and what {@link listFromService} throws.
 */
export async function listAndCountFromService(
  entity: GraphEntity,
  request: ServiceRequest,
  context?: SharedContext,
): Promise<[Row[], number]> {
  const service = entity.service() as Record<string, ListMethod>;
  const names = [`listAndCount${entity.plural}`, "listAndCount"];
  const name = names.find((candidate) => typeof service[candidate] === "function");
  if (!name) throw queryErrors.noListAndCount(entity.module, names[0]!, entity.name);
  const { filters, ...config } = request;
  const result = await call(entity, name, filters, defined(config), context);
  if (!Array.isArray(result) || !Array.isArray(result[0])) {
    throw queryErrors.sourceShape(`${entity.module}.${name}`, entity.name, "[rows, count]", kindOf(result));
  }
  return [requireObjects(entity, result[0]), Number(result[1])];
}

/**
 * Refuses what a source gives as a row, or below one, and is no object.
 *
 * @throws `query.source_shape`
 */
export function requireObjects(entity: GraphEntity, rows: readonly unknown[]): Row[] {
  const stray = rows.find((row) => typeof row !== "object" || row === null || Array.isArray(row));
  if (stray !== undefined || rows.includes(undefined))
    throw queryErrors.sourceShape(sourceName(entity), entity.name, "an array of objects", `one with ${kindOf(stray)}`);
  return rows as Row[];
}

/**
 * Refuses rows that could not be told apart or put in their place: those without the key by which they were asked for, or
 * with one that is the same only when written out, such as 1 for "1".
 *
 * @throws `query.source_shape`
 */
export function requireAskedKeys(entity: GraphEntity, key: string, asked: ReadonlySet<unknown>, rows: readonly Row[]): void {
  const refuse = (got: string) => queryErrors.sourceShape(sourceName(entity), entity.name, `rows with "${key}" as it was asked for`, got);
  let written: Map<string, unknown> | undefined;
  for (const row of rows) {
    const value = row[key];
    if (value === undefined) throw refuse(`a row without it (it has ${Object.keys(row).join(", ") || "nothing"})`);
    for (const one of [value].flat()) {
      if (one === null || asked.has(one)) continue;
      written ??= new Map([...asked].map((wanted) => [String(wanted), wanted]));
      const wanted = written.get(String(one));
      if (wanted !== undefined)
        throw refuse(`the ${typeof one} ${JSON.stringify(one) ?? String(one)} for the ${typeof wanted} ${JSON.stringify(wanted)}`);
    }
  }
}

async function call(
  entity: GraphEntity,
  name: string,
  filters: Filters,
  config: Row,
  context: SharedContext | undefined,
): Promise<unknown> {
  const service = entity.service() as Record<string, ListMethod>;
  try {
    return await service[name]!(filters, config, context);
  } catch (error) {
    // An error that means something to the caller (not found, invalid data) is passed on as it is.
    if (typeof error === "object" && error !== null && "__isMedusaError" in error) throw error;
    const failure = queryErrors.sourceFailed(
      `${entity.module}.${name}`,
      entity.name,
      error instanceof Error ? error.message : String(error),
    );
    failure.cause = error;
    throw failure;
  }
}

const methodNames = (entity: GraphEntity) => [`list${entity.plural}`, "list"];

const defined = (config: object): Row => Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
