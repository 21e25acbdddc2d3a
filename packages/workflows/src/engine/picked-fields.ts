/** Fields to pick of a record, as a tree: `true` is all of it. */
export type FieldTree = true | Map<string, FieldTree>;

/**
 * Paths as a tree. `*`, and no paths at all, stand for everything, `a.*` for all of `a`.
 *
 * @example
 * fieldTree(["id", "execution.steps.key"]) // id, and of execution the steps, of which the keys
 */
export function fieldTree(paths: readonly string[] | undefined): FieldTree {
  if (!paths?.length) return true;
  let tree: FieldTree = new Map();
  for (const path of paths) tree = withPath(tree, path.split("."));
  return tree;
}

function withPath(tree: FieldTree, [head, ...rest]: string[]): FieldTree {
  if (tree === true || head === undefined || head === "*") return true;
  const inner = tree.get(head);
  return tree.set(head, withPath(inner ?? new Map<string, FieldTree>(), rest));
}

/** Whether a tree has anything at a path. */
export function hasField(tree: FieldTree, ...path: string[]): boolean {
  let at: FieldTree | undefined = tree;
  for (const name of path) {
    if (at === true) return true;
    at = at?.get(name);
  }
  return at !== undefined;
}

/** What a tree names of a value; in a list, of each of its elements. */
export function pickFields(value: unknown, tree: FieldTree): unknown {
  if (tree === true || typeof value !== "object" || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((item) => pickFields(item, tree));
  const picked: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const wanted = tree.get(name);
    if (wanted) picked[name] = pickFields(inner, wanted);
  }
  return picked;
}

/** What can be picked of a record: `true` is anything there may be below, or nothing. */
export interface KnownFields {
  readonly [name: string]: true | KnownFields;
}

/** The first name of a path that a record does not have, with those that it has there; undefined when all are known. */
export function unknownField(path: string, known: KnownFields): { name: string; known: string[] } | undefined {
  let at: true | KnownFields = known;
  for (const name of path.split(".")) {
    if (at === true || name === "*") return undefined;
    const inner: true | KnownFields | undefined = Object.hasOwn(at, name) ? at[name] : undefined;
    if (inner === undefined) return { name, known: [...Object.keys(at), "*"] };
    at = inner;
  }
  return undefined;
}
