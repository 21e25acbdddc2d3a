import type { ModelSpec, RelationSpec } from "../spec/model-spec";
import { keyOf } from "../write/create-plan";

/** Values in the data of a create or update that exist in the model, and are not written all the same. */
export interface IgnoredValues {
  readonly spec: ModelSpec;
  readonly names: readonly string[];
  /** Why, as a part of a sentence. */
  readonly because: string;
}

type Data = Readonly<Record<string, unknown>>;

/**
 * What a relation's data has beside the key of the row that it refers to: that row is not changed through it. Times and
 * computed values do not count: rows that were read have them, and nobody means to write them.
 */
export function besideKey(relation: RelationSpec, item: unknown): IgnoredValues | undefined {
  const target = relation.target();
  const isLoose = relation.owner || relation.kind === "manyToMany";
  if (!isLoose || typeof item !== "object" || item === null || !keyOf(target, item, true)) return undefined;
  const names = Object.entries(item).flatMap(([name, value]) => {
    const property = target.propertyByName.get(name);
    return value === undefined || property?.implicit || property?.computed || property?.primaryKey ? [] : [name];
  });
  return names.length > 0 ? { spec: target, names, because: "it is given by its key, and so only referred to" } : undefined;
}

/** A relation whose foreign key is given as well, and says something else. */
export function besideForeignKey(spec: ModelSpec, relation: RelationSpec, data: Data): IgnoredValues | undefined {
  const column = relation.foreignKey;
  if (!relation.owner || column === undefined || data[column] === undefined) return undefined;
  const value = data[relation.name];
  const key = value === null ? null : keyOf(relation.target(), value, true)?.key;
  if (value === undefined || (key !== undefined && String(key) === String(data[column]))) return undefined;
  return { spec, names: [relation.name], because: `"${column}" is given as well, and counts` };
}

/** The key in the data of an update whose rows a selector finds. */
export function besideSelector(spec: ModelSpec, data: unknown): IgnoredValues | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const names = spec.primaryKey.filter((name) => (data as Data)[name] !== undefined);
  return names.length > 0 ? { spec, names, because: "its rows are found by a selector, and keep their key" } : undefined;
}
