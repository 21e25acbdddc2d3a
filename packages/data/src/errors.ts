import { defineErrors } from "@velella/kernel";

/** Errors of reading and writing rows. */
export const dataErrors = defineErrors("data", {
  notFound: {
    type: "not_found",
    message: (model: string, key: string, value: string) => `${model} with ${key}: ${value} was not found`,
  },
  keyMissing: {
    type: "not_found",
    message: (model: string, key: string) => `${model} - ${key} must be defined`,
    hint: (_model, key) => `Pass the "${key}" of a row; undefined or null came.`,
  },
  updateOfMissing: {
    type: "not_found",
    message: (model: string, key: string, value: string) => `${model} with ${key} "${value}" not found`,
  },
  alreadyExists: {
    type: "invalid_data",
    message: (model: string, columns: string) => `${model} with ${columns}, already exists.`,
  },
  takenMeanwhile: {
    type: "invalid_data",
    message: (model: string, columns: string) => `${model} with ${columns}, already exists.`,
    hint: (model, columns) =>
      `A ${model} with ${columns} was made while the one to be restored was deleted: change or delete it first. Nothing was restored.`,
  },
  compositeKey: {
    type: "invalid_data",
    message: (model: string, key: readonly string[], received: string) =>
      `${model} has a primary key of ${key.length} columns, but ${received} came.`,
    hint: (_model: string, key: readonly string[]) =>
      `Pass an object with each of them: { ${key.map((name) => `${name}: …`).join(", ")} }.`,
  },
  relationTargetMissing: {
    type: "not_found",
    message: (columns: string) => `You tried to set relationship ${columns}, but such entity does not exist`,
  },
  stillReferenced: {
    type: "not_allowed",
    message: (model: string, columns: string, by: string) => `${model} with ${columns} cannot be deleted: rows of ${by} refer to it.`,
    hint: (model, _columns, by) => `Delete those first, or add the relation to ${by} to the "delete" cascades of ${model}.`,
  },
  nullNotAllowed: {
    type: "invalid_data",
    message: (model: string, property: string) => `Cannot set field '${property}' of ${model} to null`,
  },
  checkFailed: {
    type: "database_error",
    message: (model: string, constraint: string) => `A row of ${model} does not satisfy the check "${constraint}" of its table.`,
  },
  wrongType: {
    type: "invalid_data",
    message: (model: string, property: string, expected: string, received: string) =>
      `${model}.${property} must be ${expected}, but ${received} came.`,
  },
  wrongValue: {
    type: "invalid_data",
    message: (model: string, cause: string) => `The database refused a value for ${model}: ${cause}.`,
  },
  wrongOperator: {
    type: "invalid_data",
    message: (model: string, property: string, operator: string, kind: string) =>
      `${operator} cannot be used on ${model}.${property}, which is ${kind}.`,
    hint: (_model, _property, operator) => `Use an operator that fits the type of the property instead of ${operator}.`,
  },
  unknownOperator: {
    type: "invalid_data",
    message: (model: string, property: string, operator: string, known: readonly string[]) =>
      `There is no operator "${operator}" (in a filter on ${model}.${property}). Known: ${known.join(", ")}.`,
  },
  badFilter: {
    type: "invalid_data",
    message: (place: string, expected: string, received: string) => `The filter on ${place} must be ${expected}, but ${received} came.`,
  },
  filterTooDeep: {
    type: "invalid_data",
    message: (model: string, limit: number) => `A filter on ${model} is nested deeper than ${limit} levels, or refers to itself.`,
  },
  filterTooLarge: {
    type: "invalid_data",
    message: (model: string, limit: number) => `A filter on ${model} has more than ${limit} conditions.`,
    hint: () => "Give a list of values to one condition, such as { id: [...] }; it may have any length.",
  },
  badPage: {
    type: "invalid_data",
    message: (name: string, received: string) => `"${name}" must be a whole number that is not negative, but ${received} came.`,
  },
  badConfig: {
    type: "invalid_data",
    message: (model: string, part: string, expected: string, received: string) =>
      `"${part}" of a read of ${model} must be ${expected}, but ${received} came.`,
  },
  badDirection: {
    type: "invalid_data",
    message: (property: string, received: string) => `The order of "${property}" must be "ASC" or "DESC", but ${received} came.`,
  },
  unknownNames: {
    type: "invalid_data",
    message: (operation: string, names: readonly string[], _suggestions: readonly string[]) =>
      `The ${operation} names ${names.join(", ")}, which ${names.length > 1 ? "do" : "does"} not exist.`,
    hint: (_operation: string, names: readonly string[], suggestions: readonly string[]) =>
      names.map((name, index) => `${name}: ${suggestions[index]}`).join(" "),
  },
  ignoredValues: {
    type: "invalid_data",
    message: (operation: string, places: readonly string[]) => `The ${operation} would not write ${places.join("; nor ")}.`,
    hint: () => "Leave these values out, or write them to the row that they belong to.",
  },
  unknownRelation: {
    type: "invalid_data",
    message: (model: string, relation: string, known: readonly string[]) =>
      `${model} has no relation "${relation}". Relations: ${known.length > 0 ? known.join(", ") : "none"}.`,
  },
  pathTooLong: {
    type: "invalid_data",
    message: (model: string, limit: number) => `A path in "select" or "relations" of ${model} reaches over more than ${limit} relations.`,
  },
  undefinedSelector: {
    type: "invalid_data",
    message: (model: string, operation: string, key: string) =>
      `Refused to ${operation} ${model}: the selector's "${key}" is undefined, which would select every row.`,
    hint: () => "Give the key a value, or leave it out.",
  },
  emptySelector: {
    type: "invalid_data",
    message: (model: string, operation: string) => `Refused to ${operation} every ${model}: the selector narrows nothing.`,
    hint: () => "To mean all rows, say so: { id: { $ne: null } }.",
  },
  cyclicData: {
    type: "invalid_data",
    message: (model: string, path: string) => `The data of a ${model} contains itself at ${path}.`,
  },
  dataTooDeep: {
    type: "invalid_data",
    message: (model: string, limit: number) => `The data of a ${model} is nested deeper than ${limit} levels.`,
  },
  badData: {
    type: "invalid_data",
    message: (place: string, expected: string, received: string) => `${place} must be ${expected}, but ${received} came.`,
  },
  notExecutable: {
    type: "invalid_argument",
    message: (placeholders: number, params: number) => `The statement has ${placeholders} placeholders, but ${params} parameters came.`,
    hint: () => "Use ? or $1, $2 …, one for each parameter; write \\? for a question mark that is none.",
  },
});

/**
 * A value that is missing or not allowed. A plain error and no AppError: the contract wants it to count as a fault of
 * the program (HTTP 500), because input is validated before it reaches a service.
 */
export class ValidationError extends Error {
  override readonly name = "ValidationError";

  /** For a property that is not nullable, has no default, and got no value. */
  static required(model: string, property: string, value: null | undefined): ValidationError {
    return new ValidationError(`Value for ${model}.${property} is required, '${value}' found`);
  }

  /** For a value that is none of an enum's. */
  static notInEnum(model: string, property: string, allowed: readonly string[], value: unknown): ValidationError {
    return new ValidationError(`Value for ${model}.${property} must be one of ${allowed.join(", ")}, '${String(value)}' found`);
  }
}

/** A name in a filter or an order that the model does not have. A plain error, as {@link ValidationError} is. */
export class UnknownPropertyError extends Error {
  /** For a name in a filter. */
  static query(model: string, property: string): UnknownPropertyError {
    return new UnknownPropertyError(`Trying to query by not existing property ${model}.${property}`);
  }

  /** For a name in an order. */
  static order(model: string, property: string): UnknownPropertyError {
    return new UnknownPropertyError(`Trying to order by not existing property ${model}.${property}`);
  }
}

/** A value as messages show it: short, and with its type where that helps. */
export function describe(value: unknown): string {
  if (value === undefined || typeof value === "number" || typeof value === "bigint") return String(value);
  if (value instanceof Date) return `the date ${Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString()}`;
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  let text: string;
  try {
    text = typeof value === "string" ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  } catch {
    text = `an object that cannot be shown`;
  }
  return text.length > 80 ? `${text.slice(0, 77)}…${typeof value === "string" ? "'" : ""}` : text;
}
