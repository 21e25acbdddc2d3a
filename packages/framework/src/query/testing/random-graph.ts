import { model, pluralize, specOf, toCamelCase } from "@velella/data";
import type { AnyEntity, ModelSpec } from "@velella/data";
import { buildLinkable } from "../../modules/linkable";
import type { LinkableEntry } from "../../modules/linkable";
import type { LinkInput } from "../../links/define-link";

/** Random models, links, rows and queries, from a seed. */

/** Numbers from a seed, so that a failure can be run again. */
export class Random {
  constructor(private state: number) {}

  /** At least 0, less than 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from 0 to `below - 1`. */
  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }

  some<T>(items: readonly T[], probability: number): T[] {
    return items.filter(() => this.chance(probability));
  }
}

/** How an evaluation in memory sees an edge. */
export interface PlainEdge {
  name: string;
  target: string;
  many: boolean;
  kind: "children" | "parent" | "link";
  /** `parent` and `children`: the foreign key column. */
  foreignKey?: string;
  link?: PlainLink;
  /** For a link: whether the row is the link's left record. */
  isLeft?: boolean;
}

export interface PlainLink {
  table: string;
  left: { model: string; key: string; isList: boolean };
  right: { model: string; key: string; isList: boolean };
}

export interface PlainModel {
  name: string;
  module: string;
  spec: ModelSpec;
  edges: Map<string, PlainEdge>;
}

export type PlainRow = Record<string, unknown> & { id: string; deleted_at: Date | null };

export interface RandomGraph {
  modules: { key: string; models: ModelSpec[] }[];
  models: Map<string, PlainModel>;
  links: PlainLink[];
  definitions: [LinkInput, LinkInput][];
  rows: Map<string, PlainRow[]>;
  linkRows: Map<string, Record<string, unknown>[]>;
}

/** Columns that every random model has. */
export const scalars = ["title", "rank", "flag"] as const;

const modelNames = ["Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum"];

export function randomGraph(random: Random): RandomGraph {
  const entities = new Map<string, AnyEntity>();
  const models = new Map<string, PlainModel>();
  const modules: RandomGraph["modules"] = [];
  const linkables = new Map<string, LinkableEntry>();
  const names = [...modelNames];
  for (let m = 0; m < 2 + random.int(2); m++) {
    const key = `wood${m}`;
    const own = names.splice(0, 1 + random.int(2));
    defineModels(random, own, entities);
    const specs = own.map((name) => specOf(entities.get(name)!));
    modules.push({ key, models: specs });
    const linkable = buildLinkable(key, Object.fromEntries(own.map((name) => [name, entities.get(name)!]))) as Record<
      string,
      LinkableEntry
    >;
    for (const spec of specs) {
      models.set(spec.name, { name: spec.name, module: key, spec, edges: relationsOf(spec) });
      linkables.set(spec.name, linkable[toCamelCase(spec.name)]!);
    }
  }
  const { links, definitions } = randomLinks(random, models, linkables);
  const { rows, linkRows } = randomRows(random, models, links);
  return { modules, models, links, definitions, rows, linkRows };
}

function defineModels(random: Random, names: readonly string[], entities: Map<string, AnyEntity>): void {
  const [parent, child] = names;
  const columns = () => ({ id: model.id().primaryKey(), title: model.text(), rank: model.number().nullable(), flag: model.boolean() });
  if (!child || random.chance(0.2)) {
    for (const name of names) entities.set(name, model.define(name, columns()));
    return;
  }
  entities.set(
    parent!,
    model.define(parent!, { ...columns(), r_children: model.hasMany(() => entities.get(child) as never, { mappedBy: "r_parent" }) }),
  );
  entities.set(
    child,
    model.define(child, {
      ...columns(),
      r_parent: model.belongsTo(() => entities.get(parent!) as never, { mappedBy: "r_children" }).nullable(),
    }),
  );
}

function relationsOf(spec: ModelSpec): Map<string, PlainEdge> {
  const edges = new Map<string, PlainEdge>();
  for (const relation of spec.relations) {
    const kind = relation.owner ? "parent" : "children";
    edges.set(relation.name, {
      name: relation.name,
      target: relation.target().name,
      many: !relation.owner,
      kind,
      foreignKey: relation.foreignKey,
    });
  }
  return edges;
}

function randomLinks(random: Random, models: Map<string, PlainModel>, linkables: Map<string, LinkableEntry>) {
  const links: PlainLink[] = [];
  const definitions: [LinkInput, LinkInput][] = [];
  const all = [...models.values()];
  for (const left of all) {
    for (const right of all) {
      if (left.module >= right.module || random.chance(0.25)) continue;
      const side = (of: PlainModel) => ({ model: of.name, key: `${of.spec.snakeName}_id`, isList: random.chance(0.5) });
      const table = `${left.module}_${left.spec.snakeName}_${right.module}_${right.spec.snakeName}`;
      const link: PlainLink = { table, left: side(left), right: side(right) };
      links.push(link);
      definitions.push([
        { linkable: linkables.get(left.name)!, isList: link.left.isList },
        { linkable: linkables.get(right.name)!, isList: link.right.isList },
      ]);
      const fieldOf = (of: PlainModel, isList: boolean) => (isList ? pluralize(of.spec.snakeName) : of.spec.snakeName);
      const forth = fieldOf(right, link.right.isList);
      const back = fieldOf(left, link.left.isList);
      left.edges.set(forth, { name: forth, target: right.name, many: link.right.isList, kind: "link", link, isLeft: true });
      right.edges.set(back, { name: back, target: left.name, many: link.left.isList, kind: "link", link, isLeft: false });
    }
  }
  return { links, definitions };
}

function randomRows(random: Random, models: Map<string, PlainModel>, links: readonly PlainLink[]) {
  const rows = new Map<string, PlainRow[]>();
  for (const { name, spec } of models.values()) {
    const own: PlainRow[] = [];
    const count = random.int(14);
    for (let i = 0; i < count; i++) {
      const row: PlainRow = {
        id: `${spec.snakeName}_${String(i).padStart(2, "0")}`,
        title: randomTitle(random),
        rank: random.chance(0.2) ? null : random.int(5),
        flag: random.chance(0.5),
        deleted_at: random.chance(0.15) ? new Date(0) : null,
      };
      own.push(row);
    }
    rows.set(name, own);
  }
  for (const { name, edges } of models.values()) {
    for (const edge of edges.values()) {
      if (edge.kind !== "parent") continue;
      const parents = rows.get(edge.target)!;
      for (const row of rows.get(name)!) row[edge.foreignKey!] = parents.length && random.chance(0.8) ? random.pick(parents).id : null;
    }
  }
  const linkRows = new Map<string, Record<string, unknown>[]>();
  for (const { table, left, right } of links) {
    const own: Record<string, unknown>[] = [];
    const live = { left: new Set<string>(), right: new Set<string>() };
    for (const a of rows.get(left.model)!) {
      for (const b of rows.get(right.model)!) {
        if (random.chance(0.6)) continue;
        const taken = (!right.isList && live.left.has(a.id)) || (!left.isList && live.right.has(b.id));
        const isDeleted = taken || random.chance(0.15);
        if (!isDeleted) {
          live.left.add(a.id);
          live.right.add(b.id);
        }
        own.push({ [left.key]: a.id, [right.key]: b.id, id: `${a.id}-${b.id}`, deleted_at: isDeleted ? new Date(0) : null });
      }
    }
    linkRows.set(table, own);
  }
  return { rows, linkRows };
}

/** Few and short texts of small letters, which every collation orders alike. */
export function randomTitle(random: Random): string {
  return "abc"[random.int(3)]! + "abc"[random.int(3)]!;
}
