import { inspect } from "node:util";
import { jsonCopy } from "../plan/json-copy";

/** An error as it leaves a workflow: a plain object, the same whether it crossed a database or not. */
export interface ErrorCopy {
  message: string;
  name: string;
  stack?: string;
  /** Decides the HTTP status, for errors of the framework. */
  type?: string;
  code?: string;
  [property: string]: unknown;
}

/** How far down the causes of errors are kept, which may go round in a circle. */
const mostCauses = 10;

/**
 * The plain copy of whatever was thrown; keeps own properties such as `type`, `code` and `__isMedusaError`. Throws for nothing,
 * since what it stands for would be lost.
 */
export function copyError(error: unknown, depth = 0): ErrorCopy {
  if (typeof error !== "object" || error === null) return { message: textOf(error), name: "Error" };
  const [message, name, stack, cause] = ["message", "name", "stack", "cause"].map((key) => partOf(error, key));
  const copied: ErrorCopy = { message: textOf(message ?? "An error without a message"), name: textOf(name ?? "Error") };
  if (typeof stack === "string") copied.stack = stack;
  for (const key of Object.keys(error)) {
    if (key in copied) continue;
    const property = key === "cause" ? undefined : copyProperty(partOf(error, key));
    if (property !== undefined) copied[key] = property;
  }
  if (cause !== undefined && depth < mostCauses) copied.cause = copyError(cause, depth + 1);
  return copied;
}

/** Undefined where reading it fails. */
function partOf(error: object, key: string): unknown {
  try {
    return (error as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === "object" ? inspect(value) : String(value);
}

/** Errors of HTTP clients and drivers carry sockets and circles: what is not JSON stays behind. */
function copyProperty(value: unknown): unknown {
  try {
    return jsonCopy(value);
  } catch {
    return undefined;
  }
}
