import { defaultEdges } from "../plan/edges";
import type { Edge, EdgeResolver, FieldTree } from "../plan/read-plan";
import type { ModelSpec, PropertySpec } from "../spec/model-spec";

/** A column to be read, and how its value is hydrated: `number` from text, `date` from ISO text (inside JSON). */
export interface SelectedColumn {
  readonly name: string;
  readonly kind: "plain" | "number" | "date";
}

/** What is read of the rows at the other end of an edge. */
export interface SelectedRelation {
  readonly edge: Edge;
  readonly selection: Selection;
}

/** What is read of a model: the names of a field tree that exist. */
export interface Selection {
  readonly spec: ModelSpec;
  readonly columns: readonly SelectedColumn[];
  readonly relations: readonly SelectedRelation[];
  /** To-one relations of which only the key is shown, taken from the foreign key in the same row. */
  readonly references: readonly { readonly name: string; readonly foreignKey: string; readonly key: string }[];
}

const star = "*";

/**
 * What a field tree selects. Unknown names select nothing. Rows of relations always have their key.
 * A root with `*` also shows what its to-one relations refer to: `{id}` or null.
 */
export function selectionOf(spec: ModelSpec, fields: FieldTree, edges: EdgeResolver, root = true): Selection {
  const all = fields.scalars.has(star);
  const columns: SelectedColumn[] = [];
  for (const property of spec.properties) {
    if (property.computed) continue;
    const asked = all || fields.scalars.has(property.name);
    if (asked || (!root && property.primaryKey)) columns.push({ name: property.name, kind: hydration(property) });
    if (property.rawColumn && (asked || fields.scalars.has(property.rawColumn))) columns.push({ name: property.rawColumn, kind: "plain" });
  }
  const relations: SelectedRelation[] = [];
  for (const [name, inner] of fields.relations) {
    const edge = edges(spec, name);
    if (edge) relations.push({ edge, selection: selectionOf(edge.target, inner, edges, false) });
  }
  const references: { name: string; foreignKey: string; key: string }[] = [];
  if (root && all) {
    for (const relation of spec.relations) {
      if (fields.relations.has(relation.name) || relation.kind === "hasMany" || relation.kind === "manyToMany") continue;
      const target = relation.target();
      if (relation.owner)
        references.push({ name: relation.name, foreignKey: relation.foreignKey as string, key: target.primaryKey[0] as string });
      else relations.push({ edge: defaultEdges(spec, relation.name) as Edge, selection: selectionOf(target, keyOnly, edges, false) });
    }
  }
  return { spec, columns, relations, references };
}

const keyOnly: FieldTree = { scalars: new Set(), relations: new Map() };

function hydration(property: PropertySpec): SelectedColumn["kind"] {
  if (property.kind === "bigNumber") return "number";
  return property.kind === "dateTime" ? "date" : "plain";
}

const shapes = new WeakMap<FieldTree, { spec: ModelSpec; edges: EdgeResolver; shape: string }>();

/** A text that is equal for trees that select the same of a model. */
export function fieldShape(spec: ModelSpec, fields: FieldTree, edges: EdgeResolver): string {
  const known = shapes.get(fields);
  if (known?.spec === spec && known.edges === edges) return known.shape;
  const parts: string[] = [];
  if (fields.scalars.has(star)) parts.push(star);
  for (const property of spec.properties) {
    if (fields.scalars.has(property.name)) parts.push(property.name);
    if (property.rawColumn && fields.scalars.has(property.rawColumn)) parts.push(property.rawColumn);
  }
  for (const [name, inner] of fields.relations) {
    const edge = edges(spec, name);
    if (edge) parts.push(`${name}(${fieldShape(edge.target, inner, edges)})`);
  }
  const shape = parts.join();
  shapes.set(fields, { spec, edges, shape });
  return shape;
}
