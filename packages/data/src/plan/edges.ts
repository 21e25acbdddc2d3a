import type { ModelSpec, RelationSpec } from "../spec/model-spec";
import type { Edge, EdgeResolver } from "./read-plan";

const known = new WeakMap<ModelSpec, Map<string, Edge>>();

/** The edges that a model has by its own relations. */
export const defaultEdges: EdgeResolver = (spec, name) => {
  let edges = known.get(spec);
  const found = edges?.get(name);
  if (found) return found;
  const relation = spec.relationByName.get(name);
  if (!relation) return undefined;
  if (!edges) {
    edges = new Map();
    known.set(spec, edges);
  }
  const edge = edgeOf(spec, relation);
  edges.set(name, edge);
  return edge;
};

function edgeOf(spec: ModelSpec, relation: RelationSpec): Edge {
  const target = relation.target();
  const ownKey = spec.primaryKey[0] as string;
  const targetKey = target.primaryKey[0] as string;
  const base = { name: relation.name, target, absent: "null" } as const;
  if (relation.kind === "manyToMany") {
    const pivot = (relation.pivot as NonNullable<RelationSpec["pivot"]>)();
    return {
      ...base,
      many: true,
      join: {
        kind: "pivot",
        table: pivot.table,
        from: ownKey,
        pivotFrom: pivot.ownColumn,
        pivotTo: pivot.targetColumn,
        to: targetKey,
        softDeletes: pivot.entity?.().propertyByName.has("deleted_at") ?? false,
      },
    };
  }
  const foreignKey = relation.foreignKey as string;
  if (relation.owner) return { ...base, many: false, join: { kind: "key", from: foreignKey, to: targetKey } };
  return { ...base, many: relation.kind === "hasMany", join: { kind: "key", from: ownKey, to: foreignKey } };
}
