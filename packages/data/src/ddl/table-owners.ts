import { storedName } from "../model/constraints";
import { modelErrors } from "../model/errors";
import type { ModelSpec, RelationSpec } from "../spec/model-spec";

/** A table that models ask for, and what asks for it. */
export interface TableOwner {
  /** Name of the table as PostgreSQL keeps it. */
  readonly table: string;
  /** In words: `the model "Artist"`, `the relation "labels" of "Album"`. */
  readonly owner: string;
}

/**
 * The tables of a module's models, pairs of manyToMany relations included, each with what asks for it.
 *
 * @throws `model.shared_table` where two models, or a model and a relation, have one table; `model.shared_pivot` where
 * two relations that are not each other's other side do.
 */
export function tableOwners(specs: readonly ModelSpec[]): TableOwner[] {
  const models = new Map<string, ModelSpec>();
  for (const spec of specs) {
    const table = storedName(spec.table);
    const other = models.get(table);
    if (other && other !== spec) throw modelErrors.sharedTable(table, modelText(other), modelText(spec));
    models.set(table, spec);
  }
  const pivots = new Map<string, Pair[]>();
  for (const spec of specs) {
    for (const relation of spec.relations) {
      const pivot = relation.pivot?.();
      if (!pivot || pivot.entity) continue;
      const table = storedName(pivot.table);
      const pair = { spec, relation };
      const model = models.get(table);
      if (model) throw modelErrors.sharedTable(table, modelText(model), relationText(pair));
      const known = pivots.get(table) ?? [];
      const stranger = known.length > 1 ? known[0] : known.find((other) => !isOtherSide(other, pair));
      if (stranger) throw modelErrors.sharedPivot(table, relationText(stranger), relationText(pair));
      pivots.set(table, [...known, pair]);
    }
  }
  return [
    ...[...models].map(([table, spec]) => ({ table, owner: modelText(spec) })),
    ...[...pivots].map(([table, [pair]]) => ({ table, owner: pair ? relationText(pair) : table })),
  ];
}

interface Pair {
  readonly spec: ModelSpec;
  readonly relation: RelationSpec;
}

const modelText = ({ name }: ModelSpec) => `the model "${name}"`;
const relationText = ({ spec, relation }: Pair) => `the relation "${relation.name}" of "${spec.name}"`;

/** Whether two relations are one, seen from its two ends. */
function isOtherSide(a: Pair, b: Pair): boolean {
  if (a.relation.target() !== b.spec || b.relation.target() !== a.spec) return false;
  return a.relation.mappedBy === b.relation.name || b.relation.mappedBy === a.relation.name;
}
