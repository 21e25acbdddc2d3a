import type { AppError } from "@velella/kernel";
import { dataErrors } from "../errors";
import { toPascalCase, toSnakeCase } from "../spec/naming";
import type { ModelSpec } from "../spec/model-spec";

type Operation = "read" | "write" | "delete" | "restore";

/** What the driver tells of a refused statement. */
interface RefusedStatement extends Error {
  code?: string;
  detail?: string;
  table?: string;
  column?: string;
  constraint?: string;
}

/**
 * Runs a statement on a model, and turns what PostgreSQL refuses into the errors that services promise.
 * Errors that say nothing about the data (a lost connection, a time-out) pass through.
 */
export async function withDataErrors<T>(spec: ModelSpec, operation: Operation, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw dataErrorOf(error, spec, operation);
  }
}

/** What {@link withDataErrors} makes of an error: another one, or the error itself where it says nothing about the data. */
export function dataErrorOf(cause: unknown, spec: ModelSpec, operation: Operation): unknown {
  const error = translate(cause as RefusedStatement, spec, operation);
  if (error) error.cause = cause;
  return error ?? cause;
}

function translate(cause: RefusedStatement, spec: ModelSpec, operation: Operation): AppError | undefined {
  const model = modelName(cause.table, spec);
  switch (cause.code) {
    case "23505":
      return (operation === "restore" ? dataErrors.takenMeanwhile : dataErrors.alreadyExists)(
        inWords(cause.table ?? spec.table),
        keyText(cause),
      );
    case "23503":
      return operation === "delete"
        ? dataErrors.stillReferenced(spec.name, keyText(cause), model)
        : dataErrors.relationTargetMissing(keyText(cause));
    case "23502":
      return dataErrors.nullNotAllowed(model, cause.column ?? "");
    case "23514":
      return dataErrors.checkFailed(model, cause.constraint ?? "");
    default:
      // Class 22: the value itself; class 54: its size or depth.
      return cause.code?.startsWith("22") || cause.code?.startsWith("54") ? dataErrors.wrongValue(spec.name, cause.message) : undefined;
  }
}

/** `Blog cat` for the table `blog_cat`: this message of the contract names the table. */
function inWords(table: string): string {
  const words = toSnakeCase(table).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The model of a table; of a pivot table, which has none, its name in the same form. */
function modelName(table: string | undefined, spec: ModelSpec): string {
  if (!table || table === spec.table) return spec.name;
  const seen = new Set([spec]);
  for (const one of seen) {
    if (one.table === table) return one.name;
    for (const relation of one.relations) seen.add(relation.target());
  }
  return toPascalCase(table);
}

/** `handle: ann` out of `Key (handle)=(ann) already exists.`, in whatever language the server speaks. */
function keyText(cause: RefusedStatement): string {
  const found = /\((.+?)\)=\((.*)\)[^)]*$/s.exec(cause.detail ?? "");
  if (!found) return cause.constraint ?? "the same key";
  const columns = (found[1] as string).replaceAll(/"([^"]+)"/g, "$1").split(", ");
  const values = (found[2] as string).split(", ");
  if (columns.length !== values.length) return `${found[1]}: ${found[2]}`;
  return columns.map((column, index) => `${column}: ${values[index]}`).join(", ");
}
