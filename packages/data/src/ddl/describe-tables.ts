import { storedName } from "../model/constraints";
import type { ModelSpec, PropertySpec, RelationSpec } from "../spec/model-spec";
import { literal, quote } from "../sql/quote";
import { columnDefault, rawDefault } from "./column-default";
import type { CheckDescription, ColumnDescription, DeleteRule, ForeignKeyDescription, TableDescription } from "./table";
import { tableOwners } from "./table-owners";

/**
 * The tables that a module's models ask for: one per model, and one per manyToMany relation without a pivot entity.
 *
 * @throws What {@link tableOwners} throws, where two of them ask for one table.
 */
export function describeTables(specs: readonly ModelSpec[]): TableDescription[] {
  tableOwners(specs);
  const tables = new Map<string, TableDescription>();
  for (const spec of specs) tables.set(spec.table, describeTable(spec));
  for (const spec of specs) {
    for (const relation of spec.relations) {
      const pivot = describePivot(spec, relation);
      if (pivot && !tables.has(pivot.name)) tables.set(pivot.name, pivot);
    }
  }
  return [...tables.values()];
}

function describeTable(spec: ModelSpec): TableDescription {
  const stored = spec.properties.filter((property) => !property.computed);
  return {
    name: spec.table,
    columns: [
      ...stored.filter((property) => !property.implicit).map(describeColumn),
      ...stored.flatMap(describeRawColumn),
      ...stored.filter((property) => property.implicit).map(describeColumn),
    ],
    primaryKey: spec.primaryKey,
    indexes: spec.indexes,
    checks: [
      ...stored.flatMap((property) => enumCheck(spec, property)),
      ...spec.checks.map(({ name, expression }) => ({ name: name ?? "", expression })),
    ],
    foreignKeys: spec.relations.flatMap((relation) => describeForeignKey(spec, relation)),
  };
}

function describeColumn(property: PropertySpec): ColumnDescription {
  const standard = columnDefault(property);
  return { name: property.name, type: property.sqlType, nullable: property.nullable, ...(standard !== undefined && { default: standard }) };
}

function describeRawColumn(property: PropertySpec): ColumnDescription[] {
  if (!property.rawColumn) return [];
  const standard = rawDefault(property);
  return [{ name: property.rawColumn, type: "jsonb", nullable: property.nullable, ...(standard !== undefined && { default: standard }) }];
}

function enumCheck(spec: ModelSpec, property: PropertySpec): CheckDescription[] {
  if (!property.values) return [];
  const expression = `${quote(property.name)} in (${property.values.map(literal).join(", ")})`;
  return [{ name: storedName(`${spec.table}_${property.name}_check`), expression }];
}

function describeForeignKey(spec: ModelSpec, relation: RelationSpec): ForeignKeyDescription[] {
  if (!relation.owner || !relation.foreignKey) return [];
  const target = relation.target();
  return [
    {
      name: storedName(`${spec.table}_${relation.foreignKey}_foreign`),
      column: relation.foreignKey,
      referencedTable: target.table,
      referencedColumn: target.primaryKey[0] ?? "id",
      onDelete: deleteRule(spec, relation, target),
    },
  ];
}

/**
 * A row goes with the row it belongs to where that model's cascades say so, where it is one of the pairs of a
 * manyToMany, and where a hasOne holds the key and cannot be without. Else the key is cleared, where it may be.
 */
function deleteRule(spec: ModelSpec, relation: RelationSpec, target: ModelSpec): DeleteRule {
  const isInverse = (back: RelationSpec) => !back.owner && back.foreignKey === relation.foreignKey && back.target() === spec;
  if (target.relations.some((back) => target.cascades.delete.includes(back.name) && isInverse(back))) return "cascade";
  if (target.relations.some((back) => back.pivot?.().entity?.() === spec)) return "cascade";
  if (relation.nullable) return "set null";
  return relation.kind === "hasOne" ? "cascade" : "no action";
}

function describePivot(spec: ModelSpec, relation: RelationSpec): TableDescription | undefined {
  const pivot = relation.pivot?.();
  if (!pivot || pivot.entity) return undefined;
  const target = relation.target();
  const sides = [
    { spec, column: pivot.ownColumn },
    { spec: target, column: pivot.targetColumn },
  ];
  if (!pivot.leads) sides.reverse();
  const key = (side: ModelSpec) => side.primaryKey[0] ?? "id";
  return {
    name: pivot.table,
    columns: sides.map((side) => ({ name: side.column, type: keyType(side.spec), nullable: false })),
    primaryKey: sides.map((side) => side.column),
    // The primary key finds rows by its first column; the way back needs an index of its own.
    indexes: sides.slice(1).map(({ column }) => ({ name: storedName(`IDX_${pivot.table}_${column}`), columns: [column], unique: false })),
    checks: [],
    foreignKeys: sides.map((side) => ({
      name: storedName(`${pivot.table}_${side.column}_foreign`),
      column: side.column,
      referencedTable: side.spec.table,
      referencedColumn: key(side.spec),
      onDelete: "cascade",
    })),
  };
}

function keyType(spec: ModelSpec): string {
  const type = spec.propertyByName.get(spec.primaryKey[0] ?? "")?.sqlType ?? "text";
  return type === "serial" ? "integer" : type;
}
