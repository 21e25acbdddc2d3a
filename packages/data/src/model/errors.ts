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
        candidates.length ? `several belongsTo relations lead back (${candidates.join(", ")})` : "no belongsTo relation leads back"
      }.`,
    hint: (model: string, relation: string, target: string, candidates: readonly string[]) =>
      candidates.length
        ? `Say which one: mappedBy: "${candidates[0]}" on "${relation}".`
        : `Add a belongsTo(() => ${model}, { mappedBy: "${relation}" }) to "${target}".`,
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
  indexNameTaken: {
    type: "invalid_argument",
    message: (model: string, name: string) => `The model "${model}" has two different indexes named "${name}".`,
    hint: () => "Give one of them another name. Names longer than 63 bytes are cut by PostgreSQL.",
  },
});
