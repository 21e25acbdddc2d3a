import type { EntityNames } from "./entity-names";

/** What tags are made for. */
export interface TagOptions {
  /** The entity whose record or records the input is, such as "product"; without it the input names entities: `{ products: […] }`. */
  entity?: string;
  /** What happened to the records. Whatever it was, lists that they are in, or ought to be in, may have changed. */
  operation?: string;
}

/** The tags that a change of records touches: theirs, and that of all lists of the entity. */
export function tagsOfChange(names: EntityNames, entity: string, ids: readonly string[]): string[] {
  const name = names.of(entity);
  return [...ids.map((id) => `${name}:${id}`), `${name}:list:*`];
}

/** The tags of data: `Product:prod_1` for each record in it, however deep, and `Product:list:*` for each list. */
export function computeTags(names: EntityNames, input: object, { entity, operation }: TagOptions = {}): string[] {
  const tags = new Set<string>();
  const changed = operation !== undefined;
  if (entity !== undefined) collect(names, tags, names.of(entity), input, changed);
  else for (const [name, value] of Object.entries(input)) collect(names, tags, names.of(name), value, changed);
  return [...tags];
}

function collect(names: EntityNames, tags: Set<string>, entity: string, value: unknown, changed: boolean): void {
  const records: unknown[] = Array.isArray(value) ? value : [value];
  for (const record of records) {
    if (typeof record !== "object" || record === null) continue;
    const { id } = record as { id?: unknown };
    if (typeof id === "string") tags.add(`${entity}:${id}`);
    for (const [name, nested] of Object.entries(record)) {
      if (typeof nested !== "object" || nested === null) continue;
      for (const own of names.ofProperty(entity, name)) collect(names, tags, own, nested, false);
    }
  }
  // An empty list counts: it changes when the first record comes.
  const isList = Array.isArray(value) && records.every((item) => typeof item === "object" && item !== null && "id" in item);
  if (isList || changed) tags.add(`${entity}:list:*`);
}
