import type { ModelSpec } from "@velella/data";
import type { CachingService } from "../caching/caching-service";
import type { GraphEntity } from "./graph";
import type { PlanNode } from "./plan";
import type { GraphConfig } from "./query";

/** Of an entity: the records that an answer shows, and whether any other one could change it. */
interface Reach {
  readonly ids: Set<string>;
  anyRecord: boolean;
}

/**
 * The tags of all that an answer depends on beyond the rows of its entity: the records that relations and links show, whatever
 * they are called there, and of what is filtered or ordered by, or is missing somewhere, any record.
 */
export async function answerTags(
  caching: Pick<CachingService, "computeTags">,
  root: PlanNode,
  rows: readonly unknown[],
  { filters, pagination }: GraphConfig,
): Promise<string[]> {
  const reached = new Reached();
  reached.show(root, rows);
  reached.ownReferences(root);
  reached.ask(root.entity, filters);
  reached.ask(root.entity, pagination?.order);
  const tags: string[] = [];
  for (const [entity, { ids, anyRecord }] of reached.entities) {
    if (anyRecord) tags.push(...(await caching.computeTags([], { entity, operation: "read" })));
    for (const id of ids) tags.push(...(await caching.computeTags({ id }, { entity })));
  }
  return tags;
}

class Reached {
  readonly entities = new Map<string, Reach>();

  /** What the rows of a node show of others. */
  show(node: PlanNode, rows: readonly unknown[]): void {
    const records = rows.filter(isObject);
    for (const [name, { edge, node: inner }] of [...node.inline, ...node.crossings]) {
      // What the plan needs for itself is not in the answer any more.
      if (node.hidden.has(name)) {
        this.all(inner);
        continue;
      }
      const values = records.map((row) => row[name]);
      const others = values.flat().filter(isObject);
      const reach = this.reach(inner.entity.name);
      if (edge.many !== false || others.length < values.length) reach.anyRecord = true;
      for (const { id } of others) {
        if (typeof id === "string") reach.ids.add(id);
        else reach.anyRecord = true;
      }
      this.show(inner, others);
    }
  }

  /** With all of its columns a row also shows the keys of what refers to it as to its one. */
  ownReferences({ entity: { spec }, columns, inline }: PlanNode): void {
    for (const { name, kind, owner, target } of (columns.has("*") && spec?.relations) || [])
      if (kind === "hasOne" && !owner && !inline.has(name)) this.any(target().name);
  }

  /** What filters or an order name beyond the entity itself. */
  ask(entity: GraphEntity, asked: unknown): void {
    if (Array.isArray(asked)) for (const part of asked) this.ask(entity, part);
    else if (isObject(asked)) {
      for (const [key, value] of Object.entries(asked)) {
        if (key === "$and" || key === "$or" || key === "$not") this.ask(entity, value);
        else if (key === "q" && entity.spec) this.search(entity.spec, new Set());
        else if (!entity.spec?.propertyByName.has(key)) this.follow(entity, key.split("."), value);
      }
    }
  }

  private follow(entity: GraphEntity, [name, ...rest]: readonly string[], asked: unknown): void {
    const edge = name === undefined ? undefined : entity.edges.get(name);
    if (name === undefined) this.ask(entity, asked);
    else if (edge?.kind === "forward") this.follow(entity, [...edge.path, ...rest], asked);
    else if (edge?.kind === "record") {
      this.any(edge.target.name);
      this.follow(edge.target, rest, asked);
    }
  }

  private search(spec: ModelSpec, seen: Set<ModelSpec>): void {
    seen.add(spec);
    for (const { searchable, target } of spec.relations) {
      if (!searchable || seen.has(target())) continue;
      this.any(target().name);
      this.search(target(), seen);
    }
  }

  private all({ entity, inline, crossings }: PlanNode): void {
    this.any(entity.name);
    for (const { node } of [...inline.values(), ...crossings.values()]) this.all(node);
  }

  private any(name: string): void {
    this.reach(name).anyRecord = true;
  }

  private reach(name: string): Reach {
    const known = this.entities.get(name) ?? { ids: new Set(), anyRecord: false };
    this.entities.set(name, known);
    return known;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
