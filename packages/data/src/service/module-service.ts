import type { SharedContext } from "@velella/kernel";
import { describe } from "../errors";
import { DmlEntity } from "../model/entity";
import { specOf } from "../model/spec-of";
import type { Filters } from "../plan/read-plan";
import { pluralize } from "../spec/pluralize";
import type { ModelSpec } from "../spec/model-spec";
import type { ModuleServiceClass, ServiceModels } from "../types/service";
import { serviceErrors } from "./errors";
import { ModelService } from "./model-service";
import type { BaseRepository } from "./repository";

const modelsByClass = new WeakMap<object, ServiceModels>();

/**
 * Makes the base class of a module's service, with eight methods for each model: `retrieveArtist`, `listArtists`,
 * `listAndCountArtists`, `createArtists`, `updateArtists`, `deleteArtists`, `softDeleteArtists` and `restoreArtists`.
 * The names come from the keys; each takes the shared context as its last argument.
 *
 * An instance is constructed with the module's container, where it finds its database as `baseRepository`.
 *
 * A generated method is replaced by a field that calls the one it replaces. The form of a method does the same, but
 * TypeScript counts what it computes from names as properties and refuses it (TS2425).
 *
 * @example
 * class StudioService extends ModuleService({ Artist, Album }) {
 *   override listArtists: ListMethod<typeof Artist> = async (filters, config, sharedContext) => {
 *     return (await super.listArtists(filters, config, sharedContext)).map(withPortrait);
 *   };
 * }
 */
export function ModuleService<const Models extends ServiceModels>(models: Models): ModuleServiceClass<Models> {
  for (const [name, entity] of Object.entries(models)) {
    if (!DmlEntity.isDmlEntity(entity)) throw serviceErrors.notAModel(name, describe(entity));
  }
  class GeneratedService {
    static readonly $modelObjects = models;
    readonly __container__: { baseRepository: BaseRepository };
    baseRepository_: BaseRepository;

    constructor(container: unknown) {
      this.__container__ = container as { baseRepository: BaseRepository };
      this.baseRepository_ = this.__container__.baseRepository;
      // Services may declare a field named `baseRepository_`, which would be empty after this constructor.
      Object.defineProperty(this, "__repository__", { value: this.baseRepository_, enumerable: false });
    }
  }
  for (const [name, entity] of Object.entries(models)) {
    const methods = generatedMethods(name, (instance) => modelServiceOf(instance, entity));
    for (const [method, value] of Object.entries(methods)) {
      Object.defineProperty(GeneratedService.prototype, method, { value, writable: true, configurable: true });
    }
  }
  modelsByClass.set(GeneratedService, models);
  return GeneratedService as unknown as ModuleServiceClass<Models>;
}

/** The models that a service class was made from; undefined for classes that are no module services. */
export function modelsOf(service: object): ServiceModels | undefined {
  let current: object | null = service;
  while (current && !modelsByClass.has(current)) current = Object.getPrototypeOf(current) as object | null;
  return current ? modelsByClass.get(current) : undefined;
}

/** What the container of a module gets beside its service: `artistService` and so on, by name. */
export function modelServices(specs: readonly ModelSpec[], repository: BaseRepository): Record<string, ModelService> {
  return Object.fromEntries(specs.map((spec) => [`${spec.camelName}Service`, new ModelService(spec, repository)]));
}

type Call = (this: object, first?: unknown, second?: unknown, third?: SharedContext) => Promise<unknown>;

function generatedMethods(key: string, service: (instance: object) => ModelService): Record<string, Call> {
  const one = key.charAt(0).toUpperCase() + key.slice(1);
  const many = pluralize(one);
  const methods: Record<string, Call> = {
    [`retrieve${one}`](id, config, context) {
      return service(this).retrieve(id, config as object, context);
    },
    [`list${many}`](filters, config, context) {
      return service(this).list(filters as Filters, config as object, context);
    },
    [`listAndCount${many}`](filters, config, context) {
      return service(this).listAndCount(filters as Filters, config as object, context);
    },
    [`create${many}`](data, context) {
      return service(this).create(data, context as SharedContext);
    },
    [`update${many}`](data, context) {
      return service(this).update(data, context as SharedContext);
    },
    [`delete${many}`](selector, context) {
      return service(this).delete(selector, context as SharedContext);
    },
    [`softDelete${many}`](selector, config, context) {
      return service(this).softDelete(selector, config as object, context);
    },
    [`restore${many}`](selector, config, context) {
      return service(this).restore(selector, config as object, context);
    },
  };
  for (const [name, method] of Object.entries(methods)) {
    // Async, so that what is wrong with the arguments is a rejection as well.
    const call: Call = async function (...args) {
      return method.apply(this, args);
    };
    Object.defineProperty(call, "name", { value: name });
    methods[name] = call;
  }
  return methods;
}

const servicesByRepository = new WeakMap<BaseRepository, Map<object, ModelService>>();

function modelServiceOf(instance: object, entity: ServiceModels[string]): ModelService {
  const repository = (instance as { __repository__?: BaseRepository }).__repository__;
  if (!repository) throw serviceErrors.noRepository(instance.constructor.name);
  let services = servicesByRepository.get(repository);
  if (!services) {
    services = new Map();
    servicesByRepository.set(repository, services);
  }
  let service = services.get(entity);
  if (!service) {
    service = new ModelService(specOf(entity), repository);
    services.set(entity, service);
  }
  return service;
}
