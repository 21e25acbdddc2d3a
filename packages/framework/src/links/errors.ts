import { defineErrors } from "@velella/kernel";

const where = (file: string) => file || "A link";

/** What can be wrong with links: their definitions, their tables, and calls of the link service. */
export const linkErrors = defineErrors("link", {
  notLinkable: {
    type: "invalid_argument",
    message: (file: string, side: "left" | "right", got: string) =>
      `${where(file)}: the ${side} side of defineLink is ${got}, not a linkable of a module.`,
    hint: () => `Pass an entry of a module's "linkable", such as ReviewModule.linkable.review, and check its name.`,
  },
  readOnlyWithoutField: {
    type: "invalid_argument",
    message: (file: string, model: string) =>
      `${where(file)}: a read-only link from "${model}" needs "field", the property of "${model}" that holds the other side's key.`,
    hint: () => `defineLink({ linkable: …, field: "product_id" }, …, { readOnly: true })`,
  },
  strayPrimaryKey: {
    type: "invalid_argument",
    message: (file: string, key: string, modules: readonly string[]) =>
      `${where(file)}: "pk" of the link names the module "${key}", which is on neither side (${modules.join(" and ")}).`,
    hint: (_file: string, _key: string, modules: readonly string[]) => `{ pk: { ${modules[0]}: "…" } }`,
  },
  unknownModule: {
    type: "unknown_modules",
    message: (file: string, module: string, _suggestion: string) => `${where(file)} links to the module "${module}", which is not loaded.`,
    hint: (_file, module, suggestion) => `Add the module "${module}" to "modules" in the config, or remove the link. ${suggestion}`,
  },
  unknownModel: {
    type: "unknown_modules",
    message: (file: string, model: string, module: string, _suggestion: string) =>
      `${where(file)} links to the model "${model}", which the module "${module}" does not have.`,
    hint: (_file, _model, module, suggestion) => `Give the model to the service of "${module}": ModuleService({ … }). ${suggestion}`,
  },
  unknownColumn: {
    type: "invalid_argument",
    message: (file: string, model: string, column: string, _suggestion: string) =>
      `${where(file)}: the model "${model}" has no property "${column}".`,
    hint: (_file, _model, _column, suggestion) => suggestion,
  },
  keyKind: {
    type: "invalid_argument",
    message: (file: string, model: string, column: string, kind: string) =>
      `${where(file)}: a link refers to "${model}" by "${column}", which is of kind ${kind} and no key.`,
    hint: () => `Link by a text, an id, or a whole number: { linkable: …, primaryKey: "…" }.`,
  },
  unknownColumnType: {
    type: "invalid_argument",
    message: (file: string, column: string, type: string, _known: string) =>
      `${where(file)}: the extra column "${column}" has the type "${type}", which is not known.`,
    hint: (_file, _column, _type, known) => `Known types: ${known}.`,
  },
  reservedColumn: {
    type: "invalid_argument",
    message: (file: string, column: string) => `${where(file)}: the extra column "${column}" has the name of a column that every link has.`,
    hint: () => `Give it another name.`,
  },
  sameKey: {
    type: "invalid_argument",
    message: (file: string, key: string) => `${where(file)}: both sides of the link are stored as "${key}".`,
    hint: (_file, key) => `Name the column and the record of one side: { linkable: …, key: "related_${key}", alias: "related" }.`,
  },
  sameTable: {
    type: "invalid_argument",
    message: (first: string, second: string, table: string) => `${where(first)} and ${where(second)} both use the link table "${table}".`,
    hint: () => `Remove one of them, or name its table: { database: { table: "…" } }.`,
  },
  samePair: {
    type: "invalid_argument",
    message: (first: string, second: string, tables: string, keys: string) =>
      `${where(first)} and ${where(second)} both link ${keys}: link.create could not tell the tables ${tables} apart.`,
    hint: () => `Give a side of one of them a "key" of its own, such as { linkable: …, key: "related_product_id" }.`,
  },
  contradiction: {
    type: "invalid_argument",
    message: (file: string, first: string, second: string, why: string) =>
      `${where(file)}: "${first}" and "${second}" contradict each other: ${why}.`,
    hint: (_file, first, second) => `Leave out "${first}" or "${second}".`,
  },
  unknownLink: {
    type: "invalid_argument",
    message: (first: string, second: string, keys: string, method: string, _suggestion: string) =>
      `Module to type ${first} and ${second} by keys ${keys} was not found. Ensure the link exists, keys are correct, and link is passed in the correct order to method '${method}'`,
    hint: (_first, _second, _keys, _method, suggestion) => suggestion,
  },
  wrongShape: {
    type: "invalid_data",
    message: (method: string, got: string) =>
      `link.${method} takes { module: { key: id }, otherModule: { key: id } } (or an array of such), not ${got}.`,
    hint: () => `await link.create({ product: { product_id: "prod_1" }, review: { review_id: "rev_1" } })`,
  },
  idMissing: {
    type: "invalid_data",
    message: (method: string, key: string, expected: string, got: string) =>
      `link.${method} needs an id for "${key}", ${expected}; it is ${got}.`,
  },
  badText: {
    type: "invalid_data",
    message: (method: string, key: string) =>
      `link.${method} got a text for "${key}" that holds a NUL character or half of a surrogate pair.`,
  },
  unknownData: {
    type: "invalid_data",
    message: (link: string, name: string, _suggestion: string) => `The link "${link}" has no column "${name}" for a value in "data".`,
    hint: (_link, _name, suggestion) => `Extra columns are defined in defineLink: { database: { extraColumns: { … } } }. ${suggestion}`,
  },
  multipleLinks: {
    type: "invalid_data",
    message: (first: string, second: string) => `Cannot create multiple links between '${first}' and '${second}'`,
    hint: () => `Dismiss the present link first, or give the side of which there may be several "isList: true" in defineLink.`,
  },
  noCascadeMethod: {
    type: "unexpected_state",
    message: (module: string, method: string, model: string) =>
      `A link deletes and restores "${model}" with what it is linked with, but the service of "${module}" has no ${method}.`,
    hint: (module, _method, model) => `Give "${model}" to ModuleService({ … }) of "${module}", or remove "deleteCascade" from the link.`,
  },
});
