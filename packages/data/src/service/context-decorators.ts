import type { SharedContext } from "@velella/kernel";
import { serviceErrors } from "./errors";
import { BaseRepository } from "./repository";
import { managerFor } from "./sql-manager";

type Method = (this: object, ...args: unknown[]) => unknown;

const contextParameters = new WeakMap<object, Map<string | symbol, number>>();

/** Marks the parameter of a service method that takes the shared context. */
export function SharedContextParam(): ParameterDecorator {
  return (target, name, index) => {
    const parameters = contextParameters.get(target) ?? new Map<string | symbol, number>();
    contextParameters.set(target, parameters);
    if (name !== undefined) parameters.set(name, index);
  };
}

/**
 * Gives a service method's shared context a `manager` for raw SQL: that of the transaction the caller is in, or one
 * outside of any.
 *
 * @param property Name of the service's property that holds its repository; `baseRepository_` by default.
 * @example
 * @InjectManager()
 * async countArtists(@SharedContextParam() sharedContext: SharedContext = {}) {
 *   return sharedContext.manager.execute("select count(*)::int as n from artist");
 * }
 */
export function InjectManager(property?: string): MethodDecorator {
  return decorate("InjectManager", (service, call, context) => {
    const repository = repositoryOf(service, property);
    const joined = repository.joinedTransaction(context);
    if (!joined) return call({ ...context, manager: repository.getFreshManager() });
    const manager = managerFor(joined);
    return call({ ...context, manager, transactionManager: manager });
  });
}

/**
 * Runs a service method in a transaction: the one its caller is in, or else a new one. The shared context holds it as
 * `transactionManager` (and `manager`). A method that fails leaves nothing behind, also where the caller goes on.
 *
 * @param property Name of the service's property that holds its repository; `baseRepository_` by default.
 */
export function InjectTransactionManager(property?: string): MethodDecorator {
  return decorate("InjectTransactionManager", (service, call, context) => {
    const repository = repositoryOf(service, property);
    const joined = repository.transactionForWrites(context);
    if (!joined) {
      const options = context.isolationLevel ? { isolationLevel: context.isolationLevel } : {};
      return repository.transaction(async (manager) => call({ ...context, manager, transactionManager: manager }), options);
    }
    const manager = managerFor(joined);
    const run = async () => call({ ...context, manager, transactionManager: manager });
    if (!repository.isForeign(joined)) return context.enableNestedTransactions ? joined.savepoint(run) : run();
    return joined.savepoint(() => repository.inside(joined, run));
  });
}

function decorate(
  decorator: string,
  around: (service: object, call: (context: SharedContext) => unknown, context: SharedContext) => unknown,
): MethodDecorator {
  return (target, name, descriptor) => {
    const index = contextParameters.get(target)?.get(name);
    const original = descriptor.value as unknown as Method;
    if (index === undefined) throw serviceErrors.noContextParameter(decorator, `${target.constructor.name}.${String(name)}`);
    const method: Method = function (...args) {
      const given = (args[index] ?? {}) as SharedContext;
      return around(this, (context) => original.apply(this, withContext(args, index, context)), given);
    };
    Object.defineProperty(method, "name", { value: String(name) });
    descriptor.value = method as typeof descriptor.value;
    return descriptor;
  };
}

function withContext(args: readonly unknown[], index: number, context: SharedContext): unknown[] {
  const copy = [...args];
  while (copy.length < index) copy.push(undefined);
  copy[index] = context;
  return copy;
}

function repositoryOf(service: object, property: string | undefined): BaseRepository {
  const found = (service as Record<string, unknown>)[property ?? "baseRepository_"];
  const own = found instanceof BaseRepository ? found : (service as { __repository__?: BaseRepository }).__repository__;
  if (!own) throw serviceErrors.noRepository(service.constructor.name);
  return own;
}
