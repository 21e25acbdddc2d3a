import { dataErrors } from "../errors";
import { defaultEdges } from "../plan/edges";
import type { FieldTree } from "../plan/read-plan";
import type { ModelSpec } from "../spec/model-spec";

interface Branch {
  readonly scalars: Set<string>;
  readonly relations: Map<string, Branch>;
}

const trees = new WeakMap<ModelSpec, Map<string, FieldTree>>();
/** Combinations of `select` and `relations` remembered per model; they come from code and from clients. */
const limit = 200;
/** Paths may reach over this many relations; more comes from a mistake or an attack. */
const depthLimit = 32;

/**
 * What `select` and `relations` of a service call ask for. Without `select` all own columns; a relation named without
 * columns comes with all of its own. Keys are always part of it.
 *
 * @throws AppError `data.unknown_relation`, `data.path_too_long`; unknown columns are ignored.
 */
export function fieldTreeFor(spec: ModelSpec, select: readonly string[] | undefined, relations: readonly string[] | undefined): FieldTree {
  let known = trees.get(spec);
  if (!known) {
    known = new Map();
    trees.set(spec, known);
  }
  const key = JSON.stringify([select ?? [], relations ?? []]);
  let tree = known.get(key);
  if (!tree) {
    tree = build(spec, select ?? [], relations ?? []);
    if (known.size >= limit) known.delete(known.keys().next().value as string);
    known.set(key, tree);
  }
  return tree;
}

function build(spec: ModelSpec, select: readonly string[], relations: readonly string[]): FieldTree {
  const root: Branch = { scalars: new Set(select.length > 0 ? spec.primaryKey : ["*"]), relations: new Map() };
  for (const path of select) {
    const names = path.split(".");
    const last = names.at(-1) as string;
    const end = descend(spec, root, names.slice(0, -1)).at(-1);
    if (!end) continue;
    if (defaultEdges(end.spec, last)) branchOf(end.branch, last).scalars.add("*");
    else end.branch.scalars.add(last);
  }
  const named = relations.flatMap((path) => descend(spec, root, path.split("."), true));
  for (const { branch } of named) if (branch.scalars.size === 0) branch.scalars.add("*");
  addForeignKeys(spec, root);
  return root;
}

/** The branches along a path, the first included, made where they are missing; none for a path that does not exist. */
function descend(spec: ModelSpec, from: Branch, names: readonly string[], strict = false): { spec: ModelSpec; branch: Branch }[] {
  if (names.length > depthLimit) throw dataErrors.pathTooLong(spec.name, depthLimit);
  let current = { spec, branch: from };
  const passed = [current];
  for (const name of names) {
    const edge = defaultEdges(current.spec, name);
    if (!edge) {
      if (!strict) return [];
      const known = current.spec.relations.map((relation) => relation.name);
      throw dataErrors.unknownRelation(current.spec.name, name, known);
    }
    current = { spec: edge.target, branch: branchOf(current.branch, name) };
    passed.push(current);
  }
  return passed;
}

function branchOf(from: Branch, name: string): Branch {
  let found = from.relations.get(name);
  if (!found) {
    found = { scalars: new Set(), relations: new Map() };
    from.relations.set(name, found);
  }
  return found;
}

/** Children of a hasMany relation come with the key of their parent. */
function addForeignKeys(spec: ModelSpec, branch: Branch): void {
  for (const [name, inner] of branch.relations) {
    const edge = defaultEdges(spec, name);
    if (!edge) continue;
    if (edge.many && edge.join.kind === "key") inner.scalars.add(edge.join.to);
    addForeignKeys(edge.target, inner);
  }
}
