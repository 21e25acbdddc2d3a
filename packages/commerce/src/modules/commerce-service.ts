import { InjectTransactionManager, ModuleService, pluralize, SharedContextParam, specOf } from "@velella/data";
import type { AnyEntity, CreateInput, GeneratedMethods, InferTypeOf, Pluralize, ServiceModels } from "@velella/data";
import type { SharedContext } from "@velella/kernel";
import { mergeMetadata } from "./metadata";
import { changesFrom, splitContext } from "./update-arguments";

type Row = Record<string, unknown>;
type Method = (...args: unknown[]) => Promise<unknown>;
type Methods = Record<string, Method>;
type Plural<Name> = Pluralize<Capitalize<Name & string>>;

/**
 * Changes of one record by its id, of several by ids, of those that a selector matches, or of records that carry their
 * own id. Metadata is merged: see `mergeMetadata`.
 */
export interface UpdateForms<Entity> {
  (id: string, data: Partial<CreateInput<Entity>>, sharedContext?: SharedContext): Promise<InferTypeOf<Entity>>;
  (ids: string[], data: Partial<CreateInput<Entity>>, sharedContext?: SharedContext): Promise<InferTypeOf<Entity>[]>;
  (selector: object, data: Partial<CreateInput<Entity>>, sharedContext?: SharedContext): Promise<InferTypeOf<Entity>[]>;
  (data: object[], sharedContext?: SharedContext): Promise<InferTypeOf<Entity>[]>;
  (data: object, sharedContext?: SharedContext): Promise<InferTypeOf<Entity>>;
}

/** Records with the id of an existing one are changed, others created. */
export interface UpsertForms<Entity> {
  (data: object[], sharedContext?: SharedContext): Promise<InferTypeOf<Entity>[]>;
  (data: object, sharedContext?: SharedContext): Promise<InferTypeOf<Entity>>;
}

/** The methods of a commerce module: the generated ones, with more forms of `update`, and `upsert`. */
export type CommerceMethods<Models> = Omit<GeneratedMethods<Models>, { [K in keyof Models]: `update${Plural<K>}` }[keyof Models]> & {
  [K in keyof Models as `update${Plural<K>}`]: UpdateForms<Models[K]>;
} & {
  [K in keyof Models as `upsert${Plural<K>}`]: UpsertForms<Models[K]>;
};

/** A class to be extended. `Own` names the methods that the service writes by hand. */
export type CommerceServiceClass<Models extends ServiceModels, Own extends string> = (new (
  cradle: object,
  options?: object,
) => Omit<CommerceMethods<Models>, Own>) & { $modelObjects: Models };

/**
 * Makes the base class of a commerce module's service: `ModuleService`, with the forms of `update` and `upsert` that the
 * modules of a shop have in common.
 *
 * @example
 * class RegionModuleService extends CommerceService<"createRegions">()({ Region, Country }) {}
 */
export function CommerceService<Own extends string = never>() {
  return <const Models extends ServiceModels>(models: Models): CommerceServiceClass<Models, Own> => {
    const Generated = ModuleService(models) as unknown as { new (...args: unknown[]): Methods; prototype: Methods };
    class Service extends Generated {
      static readonly $modelObjects = models;
    }
    for (const entity of Object.values(models)) {
      const plural = pluralize(entity.name);
      defineMethod(Service.prototype, `update${plural}`, updateMethod(Generated.prototype, entity));
      defineMethod(Service.prototype, `upsert${plural}`, upsertMethod(plural));
    }
    return Service as unknown as CommerceServiceClass<Models, Own>;
  };
}

type Implementation = (this: Methods, args: readonly unknown[], sharedContext: SharedContext) => Promise<unknown>;

/** Adds a method that runs in a transaction, and finds its shared context wherever the caller put it. */
function defineMethod(prototype: object, name: string, implementation: Implementation): void {
  const descriptor: PropertyDescriptor = { value: implementation };
  SharedContextParam()(prototype, name, 1);
  InjectTransactionManager()(prototype, name, descriptor);
  const value = function (this: Methods, ...all: unknown[]) {
    const { args, sharedContext } = splitContext(all);
    return (descriptor.value as Implementation).call(this, args, sharedContext);
  };
  Object.defineProperty(value, "name", { value: name });
  Object.defineProperty(prototype, name, { configurable: true, writable: true, value });
}

function updateMethod(generated: Methods, entity: AnyEntity): Implementation {
  const plural = pluralize(entity.name);
  return async function (args, sharedContext) {
    const { changes, single } = await changesFrom(this, plural, args, sharedContext);
    const merges = specOf(entity).propertyByName.get("metadata")?.kind === "json";
    const rows = merges ? await withMetadata(this, plural, changes, sharedContext) : changes;
    const updated = (await generated[`update${plural}`]!.call(this, rows, sharedContext)) as Row[];
    return single ? updated[0] : updated;
  };
}

async function withMetadata(service: Methods, plural: string, rows: Row[], sharedContext: SharedContext): Promise<Row[]> {
  const ids = rows.filter(({ metadata }) => metadata).map(({ id }) => id);
  if (!ids.length) return rows;
  const found = (await service[`list${plural}`]!({ id: ids }, { select: ["id", "metadata"] }, sharedContext)) as Row[];
  const former = new Map(found.map(({ id, metadata }) => [id, metadata as Row | null]));
  return rows.map((row) => (row.metadata ? { ...row, metadata: mergeMetadata(former.get(row.id), row.metadata as Row) } : row));
}

function upsertMethod(plural: string): Implementation {
  return async function ([data], sharedContext) {
    const rows = [data].flat() as Row[];
    const ids = rows.map(({ id }) => id).filter((id) => id !== undefined);
    const found = ids.length ? ((await this[`list${plural}`]!({ id: ids }, { select: ["id"] }, sharedContext)) as Row[]) : [];
    const existing = new Set(found.map(({ id }) => id));
    const toUpdate = rows.filter(({ id }) => existing.has(id));
    const toCreate = rows.filter(({ id }) => !existing.has(id));
    const updated = toUpdate.length ? ((await this[`update${plural}`]!(toUpdate, sharedContext)) as Row[]) : [];
    const created = toCreate.length ? ((await this[`create${plural}`]!(toCreate, sharedContext)) as Row[]) : [];
    const results = rows.map((row) => (existing.has(row.id) ? updated.shift() : created.shift()));
    return Array.isArray(data) ? results : results[0];
  };
}
