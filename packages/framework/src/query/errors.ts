import { defineErrors } from "@velella/kernel";

/** What can go wrong in `query.graph` and its kin. */
export const queryErrors = defineErrors("query", {
  unknownEntity: {
    type: "invalid_argument",
    message: (name: string, _suggestion: string) => `Service with alias "${name}" was not found.`,
    hint: (_name, suggestion) => `query.graph({ entity }) takes the name of a model or the entry point of a link. ${suggestion}`,
  },
  noEntity: {
    type: "invalid_argument",
    message: (got: string) => `query.graph needs "entity", the name of a model or the entry point of a link; it is ${got}.`,
  },
  unknownFields: {
    type: "invalid_data",
    message: (entity: string, fields: string, _suggestions: string) => `"${entity}" has no ${fields}.`,
    hint: (_entity, _fields, suggestions) => suggestions,
  },
  unknownLink: {
    type: "invalid_data",
    message: (name: string, _suggestion: string) => `throwIfRelationNotFound names "${name}", which is neither a link nor a module.`,
    hint: (_name, suggestion) => `Name a link as "fields" does, or the module at its other end. ${suggestion}`,
  },
  badFields: {
    type: "invalid_data",
    message: (entity: string, got: string) => `The fields of "${entity}" are ${got}; they are a list of strings, such as ["id", "title"].`,
  },
  badField: {
    type: "invalid_data",
    message: (entity: string, got: string) => `A field of "${entity}" is ${got}; a field is a string such as "title" or "variants.sku".`,
  },
  tooManyFields: {
    type: "invalid_data",
    message: (entity: string, count: number, limit: number) =>
      `The query of "${entity}" asks for ${count} fields; at most ${limit} are allowed.`,
    hint: () => `Use "*" for all columns of an entity.`,
  },
  tooDeep: {
    type: "invalid_data",
    message: (entity: string, field: string, limit: number) => `The field "${field}" of "${entity}" is nested deeper than ${limit} levels.`,
  },
  keyNotFound: {
    type: "not_found",
    message: (entity: string, key: string, values: string) => `${entity} ${key} not found: ${values}`,
  },
  recordsMissing: {
    type: "not_found",
    message: (source: string, entity: string, key: string, values: string) =>
      `${source}, the source of "${entity}", did not return the records with ${key}: ${values}.`,
    hint: (_source: string, entity: string) => `Without throwIfRelationNotFound, rows whose "${entity}" is missing come without it.`,
  },
  keyMissing: {
    type: "not_found",
    message: (entity: string, key: string) => `${entity} ${key} must be defined`,
    hint: (_entity, key) => `The query has throwIfKeyNotFound, and its filter "${key}" is undefined.`,
  },
  noListMethod: {
    type: "unexpected_state",
    message: (module: string, methods: string, entity: string) =>
      `The service of the module "${module}" has neither of ${methods}, by which "${entity}" is read.`,
    hint: (_module, methods) => `Write one of ${methods}: it gets filters such as { id: ["1", "2"] } and returns an array.`,
  },
  noListAndCount: {
    type: "unexpected_state",
    message: (module: string, method: string, entity: string) =>
      `"${entity}" cannot be read page by page: the service of "${module}" has no ${method}.`,
    hint: (_module, method) => `Write ${method}(filters, config), which returns [rows, count], or ask without "take" and "skip".`,
  },
  sourceFailed: {
    type: "unexpected_state",
    message: (source: string, entity: string, reason: string) => `${source}, the source of "${entity}", failed: ${reason}`,
  },
  sourceShape: {
    type: "unexpected_state",
    message: (source: string, entity: string, expected: string, got: string) =>
      `${source}, the source of "${entity}", returned ${got} where ${expected} was expected.`,
  },
  computedFilter: {
    type: "invalid_data",
    message: (entity: string, field: string, use: string) => `"${field}" of "${entity}" is computed; a query cannot ${use} by it.`,
    hint: () => `Use a column, or compute in code what the query returned.`,
  },
  remoteOrder: {
    type: "invalid_data",
    message: (entity: string, field: string, source: string) =>
      `A query cannot order by "${field}" of "${entity}": it is read through ${source}, after the rows are chosen.`,
  },
  badJoin: {
    type: "invalid_argument",
    message: (module: string, entity: string, field: string, reason: string) =>
      `The join "${field}" of "${entity}" in the module "${module}" is refused: ${reason}`,
  },
  streamPage: {
    type: "invalid_argument",
    message: (entity: string) => `A stream of "${entity}" has no pages: it gives all rows, in the order of their primary key.`,
    hint: () => `Leave out "pagination", or use query.graph for one page in an order of your own.`,
  },
  badBatch: {
    type: "invalid_argument",
    message: (entity: string, got: string) =>
      `The "batch" of a stream of "${entity}" is ${got}; it is the number of rows to read at once, 1 or more.`,
  },
  noEntryPoint: {
    type: "invalid_argument",
    message: (got: string) => `useRemoteQueryStep needs "entry_point", the name of a model or the entry point of a link; it got ${got}.`,
    hint: () => `A module is read by its models: { entry_point: "product", fields: ["id"] }.`,
  },
  nestedArgs: {
    type: "invalid_argument",
    message: (path: string, names: string) =>
      `remoteQuery cannot take ${names} at "${path}": only what the root gives can be chosen, and a context handed on.`,
    hint: (path: string) => `Filter the root by "${path}", or query "${path}" by itself.`,
  },
  remoteQueryShape: {
    type: "invalid_argument",
    message: (got: string) => `remoteQuery takes { entryPoint, fields, variables }, not ${got}.`,
  },
});
