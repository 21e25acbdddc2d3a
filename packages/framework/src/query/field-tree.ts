import { queryErrors } from "./errors";

/** Fields asked for, as a tree: `["title", "variants.sku"]` is `title` and, below `variants`, `sku`. */
export interface RequestedFields {
  /** Names at the end of a path; `"*"` for all columns. */
  readonly leaves: Set<string>;
  readonly branches: Map<string, RequestedFields>;
}

/** How much a query may ask for. */
export interface FieldLimits {
  /** Levels of nesting. */
  readonly depth: number;
  /** Number of fields. */
  readonly fields: number;
}

/** An empty tree. */
export function noFields(): RequestedFields {
  return { leaves: new Set(), branches: new Map() };
}

/**
 * Parses the `fields` of a query.
 *
 * @throws `query.bad_fields`, `query.bad_field`, `query.too_many_fields`, `query.too_deep`.
 */
export function parseFields(entity: string, fields: readonly string[], limits: FieldLimits): RequestedFields {
  if (!Array.isArray(fields)) throw queryErrors.badFields(entity, JSON.stringify(fields) ?? String(fields));
  if (fields.length > limits.fields) throw queryErrors.tooManyFields(entity, fields.length, limits.fields);
  const root = noFields();
  for (const field of fields) {
    if (typeof field !== "string") throw queryErrors.badField(entity, JSON.stringify(field) ?? String(field));
    // `*variants` is how the HTTP interface spells `variants.*`.
    const path = (field.startsWith("*") && field.length > 1 ? `${field.slice(1).replace(/^\./, "")}.*` : field).split(".");
    if (path.length > limits.depth) throw queryErrors.tooDeep(entity, field, limits.depth);
    let node = root;
    for (const name of path.slice(0, -1)) {
      let next = node.branches.get(name);
      if (!next) node.branches.set(name, (next = noFields()));
      node = next;
    }
    node.leaves.add(path.at(-1)!);
  }
  return root;
}

/** The tree as paths again. */
export function fieldPaths(fields: RequestedFields, prefix = ""): string[] {
  const paths = [...fields.leaves].map((leaf) => prefix + leaf);
  for (const [name, branch] of fields.branches) paths.push(...fieldPaths(branch, `${prefix}${name}.`));
  return paths;
}
