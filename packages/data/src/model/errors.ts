import { defineErrors } from "@velella/kernel";

/** What can be wrong with the definition of a model. */
export const modelErrors = defineErrors("model", {
  frozen: {
    type: "unexpected_state",
    message: (model: string, method: string) => `.${method}() was called on the model "${model}" after the model was first used.`,
    hint: () => "Chain it directly to model.define(…), in the file of the model.",
  },
  notAModel: {
    type: "invalid_argument",
    message: (place: string, received: string) => `${place} is expected to be a model made by model.define(), and is ${received}.`,
    hint: () => "If the two files import each other, pass the model inside a function: () => OtherModel.",
  },
  noPrimaryKey: {
    type: "invalid_argument",
    message: (model: string) => `The model "${model}" has no primary key.`,
    hint: () => "Add a property such as id: model.id().primaryKey().",
  },
  reservedProperty: {
    type: "invalid_argument",
    message: (model: string, property: string) =>
      `The model "${model}" declares "${property}", which every model has without declaring it.`,
    hint: (_model, property) => `Remove "${property}" from the model.`,
  },
  duplicateColumn: {
    type: "invalid_argument",
    message: (model: string, column: string, first: string, second: string) =>
      `The model "${model}" has two columns named "${column}": one from "${first}", one from "${second}".`,
    hint: () => "Rename one of them, or give the relation another foreignKeyName.",
  },
  unknownColumn: {
    type: "invalid_argument",
    message: (model: string, place: string, column: string, known: readonly string[]) =>
      `${place} of the model "${model}" names the column "${column}", which does not exist. Columns: ${known.join(", ")}.`,
    hint: () => "Use the property's name, or for a belongsTo relation the name of its foreign key.",
  },
  unknownRelation: {
    type: "invalid_argument",
    message: (model: string, place: string, relation: string, known: readonly string[]) =>
      `${place} of the model "${model}" names the relation "${relation}", which does not exist. Relations: ${known.join(", ") || "none"}.`,
  },
  noInverse: {
    type: "invalid_argument",
    message: (model: string, relation: string, target: string, candidates: readonly string[]) =>
      `The relation "${relation}" of "${model}" has no counterpart in "${target}": ${
        candidates.length > 1
          ? `several belongsTo relations lead back (${candidates.join(", ")})`
          : candidates.length === 1
            ? `the belongsTo relation "${candidates[0]}" leads back, but is the counterpart of another`
            : "no belongsTo relation leads back"
      }.`,
    hint: (model: string, relation: string, target: string, candidates: readonly string[]) =>
      candidates.length
        ? `Say which one: mappedBy: "${candidates[0]}" on "${relation}".`
        : `Add a belongsTo(() => ${model}, { mappedBy: "${relation}" }) to "${target}".`,
  },
  unknownInverse: {
    type: "invalid_argument",
    message: (model: string, relation: string, target: string, mappedBy: string, known: readonly string[]) =>
      `The relation "${relation}" of "${model}" is mapped by "${mappedBy}" of "${target}", which does not exist. Relations of "${target}": ${known.join(", ") || "none"}.`,
    hint: () => `Name the relation that leads back, or leave "mappedBy" out.`,
  },
  pivotTwice: {
    type: "invalid_argument",
    message: (model: string, relation: string) => `The relation "${relation}" of "${model}" has both a "pivotTable" and a "pivotEntity".`,
    hint: () => `Leave "pivotTable" out: the model has its own table.`,
  },
  foreignKeyKind: {
    type: "invalid_argument",
    message: (model: string, column: string, declared: string, relation: string, needed: string) =>
      `The column "${column}" of "${model}" is declared as ${declared}, and the relation "${relation}" needs it to be ${needed}.`,
    hint: (_model: string, column: string) => `Declare "${column}" as what the other model's primary key is, or leave it to the relation.`,
  },
  longName: {
    type: "invalid_argument",
    message: (model: string, property: string, limit: number) =>
      `The property "${property}" of the model "${model}" makes a column whose name is ${property === "" ? "empty" : `longer than ${limit} bytes, at which PostgreSQL cuts it`}.`,
    hint: () => `Give it a shorter name. A bigNumber has a second column, "raw_" and its name.`,
  },
  nullableKey: {
    type: "invalid_argument",
    message: (model: string, property: string) => `"${property}" of the model "${model}" is its primary key, and nullable.`,
    hint: () => "Remove .nullable(): every row has a key.",
  },
  computedColumn: {
    type: "invalid_argument",
    message: (model: string, property: string, use: string) =>
      `"${property}" of the model "${model}" is computed, so it has no column, and cannot have ${use === "an index" ? use : `the part of ${use}`}.`,
    hint: (_model: string, property: string) => `Remove .computed() from "${property}", or what needs its column.`,
  },
  enumValues: {
    type: "invalid_argument",
    message: (model: string, property: string, odd: string | undefined) =>
      `The enum "${property}" of the model "${model}" ${odd === undefined ? "has no values" : `has the value ${odd}, which is no text`}.`,
    hint: () => `List texts, as in model.enum(["draft", "live"]); members of a TypeScript enum need texts as their values.`,
  },
  badDefault: {
    type: "invalid_argument",
    message: (model: string, property: string, expected: string, received: string) =>
      `The default of "${property}" of the model "${model}" is ${received}; ${expected} was expected.`,
    hint: () => "Correct .default(…); a function there is called for each row.",
  },
  emptyIndex: {
    type: "invalid_argument",
    message: (model: string) => `An index of the model "${model}" has no columns.`,
    hint: () => `Name at least one: .indexes([{ on: ["title"] }]).`,
  },
  indexMethod: {
    type: "invalid_argument",
    message: (model: string, method: string, why: string) => `An index of the model "${model}" has the type "${method}", ${why}.`,
    hint: () => `Leave "type" out for an ordinary index.`,
  },
  badCondition: {
    type: "invalid_argument",
    message: (model: string, column: string, expected: string, received: string) =>
      `The condition of an index of the model "${model}" compares "${column}" with ${received}; ${expected === "null" ? "null" : `a ${expected} or null`} was expected.`,
    hint: () => `Give a value or { $ne: value }, or write the whole condition as SQL.`,
  },
  emptyCheck: {
    type: "invalid_argument",
    message: (model: string, received: string) => `A check of the model "${model}" is ${received}; an SQL condition was expected.`,
    hint: () => "Return a text: .checks([(columns) => `${columns.price} > 0`]).",
  },
  compositeTarget: {
    type: "invalid_argument",
    message: (model: string, relation: string, target: string, key: readonly string[]) =>
      `The relation "${relation}" of "${model}" would refer to "${target}" by a primary key of ${key.length} columns (${key.join(", ")}); a relation refers by one.`,
    hint: (_model: string, _relation: string, target: string, key: readonly string[]) =>
      `Give "${target}" an id as its primary key, and keep the others unique: .indexes([{ on: [${key.map((name) => `"${name}"`).join(", ")}], unique: true }]).`,
  },
  pivotColumns: {
    type: "invalid_argument",
    message: (model: string, relation: string, pivot: string) =>
      `The columns of the pivot table "${pivot}", which the relation "${relation}" of "${model}" goes through, cannot be told apart.`,
    hint: () => "Give joinColumn and inverseJoinColumn to the relation.",
  },
  sharedTable: {
    type: "invalid_argument",
    message: (table: string, first: string, second: string) => `The table "${table}" is asked for twice: by ${first} and by ${second}.`,
    hint: () => `Give one of them another table: model.define({ name, tableName }, …) for a model, "pivotTable" for a manyToMany relation.`,
  },
  sharedPivot: {
    type: "invalid_argument",
    message: (table: string, first: string, second: string) =>
      `Two relations keep their pairs in the table "${table}", so each would read what the other holds: ${first} and ${second}.`,
    hint: () =>
      `Give one of them a "pivotTable" of its own, or, where they are two ends of one relation, name the other end by "mappedBy".`,
  },
  indexNameTaken: {
    type: "invalid_argument",
    message: (model: string, name: string) => `The model "${model}" has two different indexes named "${name}".`,
    hint: () => "Give one of them another name. Names longer than 63 bytes are cut by PostgreSQL.",
  },
});
