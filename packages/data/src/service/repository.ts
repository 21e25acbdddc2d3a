import { AsyncLocalStorage } from "node:async_hooks";
import type {
  IsolationLevel,
  SharedContext,
  SqlConnection,
  SqlExecutor,
  SqlManager,
  SqlTransaction,
  TransactionOptions,
} from "@velella/kernel";
import { connectionOf } from "../connection/connection";
import { isStalePlanError } from "../connection/errors";
import { describe } from "../errors";
import type { WriteScope } from "../write/scope";
import { serviceErrors } from "./errors";
import { managerFor } from "./sql-manager";
import { UnknownNames } from "./unknown-names";
import type { UnknownNamesOptions } from "./unknown-names";

/** How `transaction` runs its work. */
export interface RepositoryTransactionOptions {
  /**
   * Default: that of the server. Nothing to a transaction that is joined: it keeps its own.
   *
   * @throws `connection.bad_isolation_level` for a level that PostgreSQL does not have.
   */
  isolationLevel?: string;
  /** The manager of a transaction to join instead of beginning one. */
  transaction?: SqlManager;
  /** In a transaction that is joined, undo everything of this part when it fails. */
  enableNestedTransactions?: boolean;
}

/** How the services of a repository behave. */
export interface RepositoryOptions {
  /** What happens with names that services ignore. Default: they are ignored without a word. */
  unknownNames?: UnknownNamesOptions;
}

/** The transaction that a service is inside of, for calls that it makes to itself. */
interface Inside {
  readonly repository: BaseRepository;
  readonly transaction: SqlTransaction;
  readonly outer: Inside | undefined;
}

const storage = new AsyncLocalStorage<Inside>();

/** A module's way to its database: transactions, and which one a call belongs to. Resolved as `baseRepository`. */
export class BaseRepository {
  /** Looks for names that services would ignore; undefined where nobody wants to know. */
  readonly unknownNames: UnknownNames | undefined;

  constructor(
    readonly connection: SqlConnection,
    options: RepositoryOptions = {},
  ) {
    this.unknownNames = options.unknownNames && new UnknownNames(options.unknownNames);
  }

  /** A manager outside of any transaction. */
  getFreshManager(): SqlManager {
    return managerFor(this.connection);
  }

  /** The manager that a context means: its transaction's, else its own, else one outside of any transaction. */
  getActiveManager(context: SharedContext = {}): SqlManager {
    const joined = this.joinedTransaction(context);
    return joined ? managerFor(joined) : this.getFreshManager();
  }

  /**
   * Runs work in a transaction: a new one, or the one given, or the one that this module is already inside of.
   *
   * @example
   * await this.baseRepository_.transaction(async (manager) => {
   *   await manager.execute("update artist set rank = rank + 1");
   * });
   */
  async transaction<T>(work: (manager: SqlManager) => Promise<T>, options: RepositoryTransactionOptions = {}): Promise<T> {
    const joined = this.transactionForWrites({ ...(options.transaction ? { transactionManager: options.transaction } : {}) });
    if (joined) {
      const run = () => this.inside(joined, () => work(managerFor(joined)));
      return options.enableNestedTransactions ? joined.savepoint(run) : run();
    }
    return this.connection.transaction((transaction) => this.inside(transaction, () => work(managerFor(transaction))), levelOf(options));
  }

  /** A plain copy of rows. Rows are plain already, so this is for values of other origin: what has `toJSON` (Dates excepted) becomes that. */
  async serialize<T>(data: unknown, _options?: unknown): Promise<T> {
    return plainCopy(data) as T;
  }

  /**
   * The open transaction that a call with this context belongs to.
   *
   * @throws AppError `service.no_transaction` where the context's `transactionManager` is something else than the manager of
   *   a transaction.
   */
  joinedTransaction(context: SharedContext | undefined): SqlTransaction | undefined {
    const given = givenTransaction(context);
    if (given && this.isOurs(given)) return given;
    const ambient = this.ambientTransaction();
    return ambient?.state === "open" ? ambient : undefined;
  }

  /**
   * The same for writes.
   *
   * @throws AppError `service.no_transaction` like that one; `service.elsewhere` where the context's transaction has to carry all of them, and is one of another
   *   database: what is written here would stay when it is undone.
   */
  transactionForWrites(context: SharedContext | undefined): SqlTransaction | undefined {
    const joined = this.joinedTransaction(context);
    if (!joined && givenTransaction(context)?.allOrNothing) throw serviceErrors.elsewhere();
    return joined;
  }

  /** True for a transaction that someone else opened: what fails in here must leave it usable. */
  isForeign(transaction: SqlTransaction): boolean {
    return this.ambientTransaction() !== transaction;
  }

  /** Runs a part of this module's work in a transaction; calls of the module to itself then join it unasked. */
  inside<T>(transaction: SqlTransaction, run: () => T): T {
    return storage.run({ repository: this, transaction, outer: storage.getStore() }, run);
  }

  /** What reads of a call run on. */
  executorFor(context: SharedContext | undefined): SqlExecutor {
    return this.joinedTransaction(context) ?? this.connection;
  }

  /** Runs the reads of a call: in the transaction that it belongs to, else by themselves, at the isolation level it asks for. */
  reading<T>(context: SharedContext | undefined, work: (executor: SqlExecutor) => Promise<T>): Promise<T> {
    const executor = this.executorFor(context);
    if (executor !== this.connection || !context?.isolationLevel) return work(executor);
    return this.connection.transaction(work, levelOf(context));
  }

  /** What writes of a call run in. */
  scopeFor(context: SharedContext | undefined): WriteScope {
    const joined = this.transactionForWrites(context);
    return {
      write: (single, work) => {
        if (joined) return untilFresh(() => joined.savepoint(() => work(joined)));
        if (single && !context?.isolationLevel) return work(this.connection);
        return untilFresh(() => this.connection.transaction((transaction) => work(transaction), levelOf(context)));
      },
    };
  }

  private ambientTransaction(): SqlTransaction | undefined {
    let inside = storage.getStore();
    while (inside && inside.repository !== this) inside = inside.outer;
    return inside?.transaction;
  }

  /** False for a transaction of another database: a module that has its own cannot join it. */
  private isOurs(transaction: SqlTransaction): boolean {
    const connection = connectionOf(transaction);
    return connection === undefined || connection === this.connection;
  }
}

function levelOf({ isolationLevel }: { isolationLevel?: string } = {}): TransactionOptions {
  return isolationLevel ? { isolationLevel: isolationLevel as IsolationLevel } : {};
}

/** A write that a migration interrupted was undone whole, and consists of statements alone: it can be run again. */
async function untilFresh<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!isStalePlanError(error)) throw error;
    return run();
  }
}

/** Makes the repository of a module. */
export function createRepository(connection: SqlConnection, options?: RepositoryOptions): BaseRepository {
  return new BaseRepository(connection, options);
}

/** The transaction that a context was given. What stands there and is none would be written outside of it, and stay when it is undone. */
function givenTransaction(context: SharedContext | undefined): SqlTransaction | undefined {
  const manager = context?.transactionManager;
  if (manager === undefined || manager === null) return undefined;
  const executor = manager.executor as Partial<SqlTransaction> | undefined;
  if (typeof executor?.savepoint !== "function" || typeof executor.query !== "function")
    throw serviceErrors.noTransaction(executor ? "a manager outside of any transaction" : describe(manager));
  return executor as SqlTransaction;
}

function plainCopy(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Date || Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return value.map(plainCopy);
  const { toJSON } = value as { toJSON?: () => unknown };
  if (typeof toJSON === "function") return plainCopy(toJSON.call(value));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainCopy(item)]));
}
