import { generateId } from "@velella/kernel";
import { dataErrors, describe, ValidationError } from "../errors";
import type { ModelSpec, PropertySpec, RelationSpec } from "../spec/model-spec";
import { givenValue, setColumn } from "./records";
import type { ColumnRecord } from "./records";
import type { Row } from "./scope";

/** A row to be created, and the rows around it. */
export interface NewRow {
  readonly spec: ModelSpec;
  readonly record: ColumnRecord;
  /** Rows are inserted in the order of their levels; a row refers only to rows of lower levels. */
  readonly level: number;
  /** Foreign keys whose value is known once the other row is inserted. */
  readonly references: { readonly column: string; readonly to: NewRow }[];
  /** Related rows given with it, by relation: new ones, or keys of existing ones. */
  readonly related: { readonly relation: RelationSpec; readonly rows: readonly (NewRow | Key)[] }[];
  /** The row as the database returned it. */
  row?: Row;
}

/** The key of an existing row. */
export interface Key {
  readonly key: unknown;
}

/** Rows may be nested this deep; more comes from a mistake or an attack. */
const depthLimit = 100;

/** Everything that a create does, before it does it. */
export class CreatePlan {
  readonly rows: NewRow[] = [];
  private readonly shared = new Map<object, NewRow>();
  private readonly open = new Set<object>();

  /**
   * Adds a row with everything nested in it. Unknown properties are ignored.
   *
   * @throws ValidationError for missing values; AppError `data.…` for values that do not fit, and data that contains itself.
   */
  add(spec: ModelSpec, data: unknown, level = 0, given?: { column: string; value?: unknown; to?: NewRow }, path = ""): NewRow {
    if (typeof data !== "object" || data === null || Array.isArray(data))
      throw dataErrors.badData(`The data of a ${spec.name}`, "an object", describe(data));
    if (this.open.has(data)) throw dataErrors.cyclicData(spec.name, path || "itself");
    if (this.open.size >= depthLimit) throw dataErrors.dataTooDeep(spec.name, depthLimit);
    this.open.add(data);
    const input = data as Row;
    const node: NewRow = { spec, record: {}, level, references: [], related: [] };
    this.rows.push(node);
    const keys = new Map<string, unknown>();
    if (given) {
      if (given.to) node.references.push({ column: given.column, to: given.to });
      keys.set(given.column, given.to ? undefined : given.value);
    }
    for (const relation of spec.relations) {
      const value = input[relation.name];
      if (value === undefined) continue;
      if (relation.owner) this.addOwner(node, relation, input, keys, path);
      else if (value !== null)
        node.related.push({ relation, rows: this.relatedRows(node, relation, value, `${path}${path && "."}${relation.name}`) });
    }
    for (const property of spec.properties) this.setProperty(node, property, input, keys);
    this.open.delete(data);
    return node;
  }

  /** The other row of a to-one relation whose key is in this row: its key, or a new row before this one. */
  private addOwner(node: NewRow, relation: RelationSpec, input: Row, keys: Map<string, unknown>, path: string): void {
    const column = relation.foreignKey as string;
    // The key itself is the more exact statement, where both are given.
    if (keys.has(column) || input[column] !== undefined) return;
    const value = input[relation.name];
    const target = relation.target();
    const key = keyOf(target, value, true);
    if (key) return void keys.set(column, key.key);
    if (value === null) return void keys.set(column, null);
    keys.set(column, undefined);
    node.references.push({ column, to: this.add(target, value, node.level - 1, undefined, `${path}${path && "."}${relation.name}`) });
  }

  private relatedRows(node: NewRow, relation: RelationSpec, value: unknown, path: string): (NewRow | Key)[] {
    const many = relation.kind !== "hasOne";
    if (many && !Array.isArray(value)) throw dataErrors.badData(`${node.spec.name}.${relation.name}`, "a list", describe(value));
    return (many ? (value as unknown[]) : [value]).map((item) => this.relatedRow(node, relation, item, path));
  }

  /** A row of a relation whose key is not in this row. */
  private relatedRow(node: NewRow, relation: RelationSpec, item: unknown, path: string): NewRow | Key {
    const target = relation.target();
    const isPair = relation.kind === "manyToMany";
    const key = keyOf(target, item, isPair);
    if (key) return key;
    if (!isPair) return this.add(target, item, node.level + 1, { column: relation.foreignKey as string, to: node }, path);
    // The same new object may stand in several lists.
    const known = this.shared.get(item as object);
    if (known) return known;
    const added = this.add(target, item, node.level + 1, undefined, path);
    this.shared.set(item as object, added);
    return added;
  }

  private setProperty(node: NewRow, property: PropertySpec, input: Row, keys: ReadonlyMap<string, unknown>): void {
    if (property.computed) return;
    const { spec } = node;
    const isGivenKey = keys.has(property.name);
    if (isGivenKey && keys.get(property.name) === undefined) return;
    let value = isGivenKey ? keys.get(property.name) : givenValue(property, input);
    if (value === undefined && !property.implicit) value = initialValue(property);
    if (value === undefined) {
      if (property.kind === "autoincrement" || property.implicit) return;
      if (!property.nullable) throw ValidationError.required(spec.name, property.name, undefined);
      value = null;
    }
    if (value === null && !property.nullable) {
      if (property.hasDefault || property.kind === "autoincrement") throw dataErrors.nullNotAllowed(spec.name, property.name);
      throw ValidationError.required(spec.name, property.name, null);
    }
    setColumn(node.record, spec, property, value);
  }
}

function initialValue(property: PropertySpec): unknown {
  if (property.kind === "id" && property.foreignKeyOf === undefined && !property.hasDefault && !property.nullable)
    return generateId(property.idPrefix);
  return typeof property.default === "function" ? (property.default as () => unknown)() : property.default;
}

/**
 * The key of an existing row, where that is what was given: the key itself, or an object with nothing but it.
 *
 * @param loose Also takes an object that has more than a generated key: a row that was read before, and is handed back.
 *   What it has beside the key is not written. So it is for relations whose rows exist by themselves: the owner of a row,
 *   the other side of a manyToMany. What belongs to a row (hasOne, hasMany) is new, unless it is a key alone.
 */
export function keyOf(target: ModelSpec, value: unknown, loose: boolean): Key | undefined {
  const name = target.primaryKey[0] as string;
  if (typeof value === "string" || typeof value === "number") return { key: value };
  if (typeof value !== "object" || value === null || !(name in value)) return undefined;
  const key = (value as Row)[name];
  if (key === undefined || key === null) return undefined;
  const generated = target.propertyByName.get(name)?.kind === "id";
  return (loose && generated) || Object.keys(value).length === 1 ? { key } : undefined;
}
