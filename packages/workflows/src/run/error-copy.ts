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

/** The plain copy of whatever was thrown; keeps own properties such as `type`, `code` and `__isMedusaError`. */
export function copyError(error: unknown, depth = 0): ErrorCopy {
  if (typeof error !== "object" || error === null) return { message: String(error), name: "Error" };
  const { message, name, stack, cause } = error as Partial<Error>;
  const copied: ErrorCopy = { message: String(message ?? "An error without a message"), name: String(name ?? "Error") };
  if (typeof stack === "string") copied.stack = stack;
  for (const [key, value] of Object.entries(error)) {
    if (key in copied) continue;
    const property = key === "cause" ? undefined : copyProperty(value);
    if (property !== undefined) copied[key] = property;
  }
  if (cause !== undefined && depth < mostCauses) copied.cause = copyError(cause, depth + 1);
  return copied;
}

/** Errors of HTTP clients and drivers carry sockets and circles: what is not JSON stays behind. */
function copyProperty(value: unknown): unknown {
  try {
    return jsonCopy(value);
  } catch {
    return undefined;
  }
}
