import type { SharedContext } from "@velella/kernel";

type Row = Record<string, unknown>;

/**
 * What `update` methods take: an id and the changes to it, ids and changes to all of them, a selector and changes, or
 * objects that carry their own id; and the shared context after those.
 */
export type UpdateArguments<First extends string | object, Data> = [
  first: First,
  data?: Data | SharedContext,
  sharedContext?: SharedContext,
];

/** What an update method asks of a service: to find the rows that a selector matches. */
type Lists = Record<string, (filters: unknown, config: object, sharedContext: SharedContext) => Promise<unknown>>;

const contextKeys = new Set([
  "transactionManager",
  "manager",
  "isolationLevel",
  "enableNestedTransactions",
  "eventGroupId",
  "transactionId",
  "runId",
  "idempotencyKey",
  "parentStepIdempotencyKey",
  "requestId",
  "messageAggregator",
  "__type",
]);

/** Whether an argument is a shared context rather than data: it has a transaction, or none but a context's keys. */
export function isSharedContext(value: unknown): value is SharedContext {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return "transactionManager" in value || Object.keys(value).every((key) => contextKeys.has(key));
}

/** Takes the shared context off the end of arguments, where there is one. */
export function splitContext(args: readonly unknown[]): { args: readonly unknown[]; sharedContext: SharedContext } {
  const last = args.at(-1);
  if (args.length > 1 && (last === undefined || isSharedContext(last))) return { args: args.slice(0, -1), sharedContext: last ?? {} };
  return { args, sharedContext: {} };
}

/** The changes that arguments of an update mean, row by row. */
export interface Changes {
  changes: (Row & { id: string })[];
  /** Whether one row was named, so that one is the answer. */
  single: boolean;
}

/**
 * Reads the arguments of an update method.
 *
 * @param kind Plural as in the service's methods: `Products`.
 */
export async function changesFrom(service: object, kind: string, args: readonly unknown[], sharedContext: SharedContext): Promise<Changes> {
  const [first, data] = args;
  const matching = async (selector: unknown, change: unknown) => {
    const rows = (await (service as Lists)[`list${kind}`]!(selector, { select: ["id"] }, sharedContext)) as { id: string }[];
    return rows.map(({ id }) => ({ ...(change as Row), id }));
  };
  if (typeof first === "string") return { changes: [{ ...(data as Row), id: first }], single: true };
  if (Array.isArray(first)) {
    if (data !== undefined) return { changes: first.map((id: string) => ({ ...(data as Row), id })), single: false };
    const changes: Changes["changes"] = [];
    for (const item of first as (Row & { id: string })[]) {
      if ("selector" in item) changes.push(...(await matching(item.selector, item.data)));
      else changes.push(item);
    }
    return { changes, single: false };
  }
  if (data !== undefined) return { changes: await matching(first, data), single: false };
  const item = first as Row & { id: string };
  if ("selector" in item) return { changes: await matching(item.selector, item.data), single: false };
  return { changes: [item], single: true };
}
